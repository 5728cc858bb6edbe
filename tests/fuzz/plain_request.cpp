// Plain requests of any content, as they are let in and relayed: what the application gets is one
// request to a reader that knows nothing but RFC 9112's strictest words, with the same body, and
// not a byte more. Whatever follows it in the client's bytes is never part of it.
#include "http/plain_request.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"

#include <charconv>
#include <optional>
#include <string>

using namespace pulsegate;

namespace {

/// What the application gets of the first request in `text`, and the request's body; nothing if it
/// is refused or not whole.
struct relayed_request {
    std::string bytes;
    std::string body;
};

std::optional<relayed_request> relay(std::string_view text) {
    request_reader reader;
    reader.header_limit(32 * 1024);
    unparsed_bytes head;
    append(head, as_bytes(text));
    if (has_odd_line(text))
        return std::nullopt;
    error_code error;
    parse(reader, head, error);
    if (error || !reader.is_header_done() || asks_for_websocket(reader.get()) ||
        check_plain_request(reader.get()))
        return std::nullopt;
    const upgrade_request sent = make_plain_app_request(reader.release(), false, true);
    relayed_request result{to_bytes(sent), {}};
    std::string_view rest = contents(head);
    body_pieces pieces;
    bool is_full = false;
    do {
        pieces.clear();
        if (!reader.is_done())
            rest.remove_prefix(reader.read_body(as_bytes(rest), pieces, error));
        if (error)
            return std::nullopt;
        is_full = pieces.is_full();
        for (const iovec& each : pieces.all())
            result.body.append(static_cast<const char*>(each.iov_base), each.iov_len);
        framed_pieces framed;
        framed.add(pieces, framing_of(sent));
        for (const iovec& each : framed.all())
            result.bytes.append(static_cast<const char*>(each.iov_base), each.iov_len);
    } while (is_full);
    if (!reader.is_done())
        return std::nullopt;
    result.bytes += end_of_body(framing_of(sent), reader.trailers());
    return result;
}

/// A line without its end, which has to be CR LF.
std::string_view take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    PULSEGATE_ASSERT(end != rest.npos && end > 0 && rest[end - 1] == '\r');
    const std::string_view line = rest.substr(0, end - 1);
    PULSEGATE_ASSERT(line.find('\r') == line.npos && line.find('\0') == line.npos);
    rest.remove_prefix(end + 1);
    return line;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

/// Reads one request by the letter of RFC 9112, and nothing but its body is left to tell.
std::string read_strictly(std::string_view& rest) {
    const std::string_view first = take_line(rest);
    PULSEGATE_ASSERT(first.ends_with(" HTTP/1.1"));
    PULSEGATE_ASSERT(first.find(' ') + 9 < first.size());
    std::optional<std::uint64_t> length;
    bool is_chunked = false;
    int hosts = 0;
    for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
        const std::size_t colon = line.find(':');
        PULSEGATE_ASSERT(colon != line.npos && colon > 0);
        const std::string name = lower(line.substr(0, colon));
        PULSEGATE_ASSERT(name.find_first_of(" \t\"(),/;<=>?@[\\]{}") == name.npos);
        const std::string_view value = line.substr(colon + 2); // written with one space
        hosts += name == "host";
        PULSEGATE_ASSERT(name != "connection" && name != "upgrade" && name != "te");
        if (name == "content-length") {
            PULSEGATE_ASSERT(!length && !is_chunked);
            const auto [end, wrong] =
                std::from_chars(value.data(), value.data() + value.size(), length.emplace());
            PULSEGATE_ASSERT(wrong == std::errc{} && end == value.data() + value.size());
        }
        if (name == "transfer-encoding") {
            PULSEGATE_ASSERT(!length && !is_chunked && value == "chunked");
            is_chunked = true;
        }
    }
    PULSEGATE_ASSERT(hosts <= 1);
    std::string body;
    if (length) {
        PULSEGATE_ASSERT(rest.size() >= *length);
        body = rest.substr(0, *length);
        rest.remove_prefix(*length);
    }
    while (is_chunked) {
        const std::string_view line = take_line(rest);
        std::size_t size = 0;
        const auto [end, wrong] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        PULSEGATE_ASSERT(wrong == std::errc{} && end == line.data() + line.size());
        if (size == 0)
            break;
        PULSEGATE_ASSERT(rest.size() >= size + 2 && rest.substr(size, 2) == "\r\n");
        body += rest.substr(0, size);
        rest.remove_prefix(size + 2);
    }
    if (is_chunked)
        while (!take_line(rest).empty())
            ;
    return body;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto relayed = relay(text);
    if (!relayed)
        return 0;
    std::string_view rest = relayed->bytes;
    PULSEGATE_ASSERT(read_strictly(rest) == relayed->body);
    PULSEGATE_ASSERT(rest.empty());
    return 0;
}
