#include "client/proxy_protocol.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace pulsegate {
namespace {

using bytes_view = std::span<const std::uint8_t>;

constexpr std::string_view text_signature = "PROXY ";
constexpr std::size_t max_text_bytes = 107; // §2.1, with the CRLF
constexpr std::array<std::uint8_t, 12> binary_signature{0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D,
                                                        0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
constexpr std::size_t binary_fixed_bytes = 16;

/// True if one is the beginning of the other, so that more bytes may complete the signature.
template <class Signature>
bool may_be(bytes_view bytes, const Signature& signature) {
    const std::size_t common = std::min(bytes.size(), signature.size());
    return std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(common),
                      signature.begin(), [](std::uint8_t byte, auto expected) {
                          return byte == static_cast<std::uint8_t>(expected);
                      });
}

std::size_t big_endian_16(bytes_view bytes, std::size_t at) {
    return static_cast<std::size_t>(bytes[at] << 8 | bytes[at + 1]);
}

// --- Version 1, §2.1 ---

/// Takes the text up to the next space, which is taken too; all of it if there is none.
std::string_view take_word(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::optional<ip_address> parse_address(std::string_view text, std::string_view protocol) {
    const bool is_v6 = text.find(':') != text.npos; // as it is written: it may be IPv4-mapped
    return is_v6 == (protocol == "TCP6") ? ip_address::parse(text) : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() ||
        (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    return port;
}

proxy_header_verdict read_text_line(std::string_view line, std::size_t bytes) {
    const std::string_view protocol = take_word(line);
    if (protocol == "UNKNOWN")
        return proxy_header{bytes, std::nullopt}; // whatever follows on the line is to be ignored
    if (protocol != "TCP4" && protocol != "TCP6")
        return bad_proxy_header{"names a protocol other than TCP4, TCP6 and UNKNOWN"};
    if (line.ends_with(' ')) // take_word() cannot tell it from the end of the line
        return bad_proxy_header{"ends with a space"};
    const auto source = parse_address(take_word(line), protocol);
    const auto destination = parse_address(take_word(line), protocol);
    if (!source || !destination)
        return bad_proxy_header{"has no two addresses of the protocol that it names"};
    const auto source_port = parse_port(take_word(line));
    const auto destination_port = parse_port(take_word(line));
    if (!source_port || !destination_port || !line.empty())
        return bad_proxy_header{"has no two ports after its addresses"};
    return proxy_header{
        bytes, proxied_connection{{*source, *source_port}, {*destination, *destination_port}}};
}

proxy_header_verdict read_text(bytes_view bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                std::min(bytes.size(), max_text_bytes));
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.find('\r') < line.size() - 1)
        return bad_proxy_header{"has a carriage return inside"};
    if (end == text.npos) {
        if (text.size() == max_text_bytes)
            return bad_proxy_header{"does not end within 107 bytes"};
        return proxy_header_begins{};
    }
    if (!line.ends_with('\r'))
        return bad_proxy_header{"does not end with CRLF"};
    return read_text_line(
        line.substr(text_signature.size(), line.size() - 1 - text_signature.size()), end + 1);
}

// --- Version 2, §2.2 ---

/// §2.2.3: over the whole header with zeros where the checksum stands.
bool is_checksum_right(bytes_view header, std::size_t at) {
    constexpr std::array<std::uint8_t, 4> zeros{};
    crc32c sum;
    sum.add(header.first(at));
    sum.add(zeros);
    sum.add(header.subspan(at + zeros.size()));
    const std::uint32_t told =
        static_cast<std::uint32_t>(big_endian_16(header, at) << 16 | big_endian_16(header, at + 2));
    return sum.value() == told;
}

/// What is wrong with the type-length-value triples from `at` to the end; null if nothing is.
const char* check_extras(bytes_view header, std::size_t at) {
    constexpr std::size_t head_bytes = 3;
    constexpr std::uint8_t checksum_type = 0x03;
    while (at < header.size()) {
        if (header.size() - at < head_bytes)
            return "has an extra field that is cut off";
        const std::uint8_t type = header[at];
        const std::size_t length = big_endian_16(header, at + 1);
        at += head_bytes;
        if (length > header.size() - at)
            return "has an extra field that is longer than the header";
        if (type == checksum_type && (length != 4 || !is_checksum_right(header, at)))
            return "has a wrong checksum";
        at += length;
    }
    return nullptr;
}

/// The addresses of a family that has them, if they are all there.
std::optional<proxied_connection> read_endpoints(bytes_view addresses, bool is_v4) {
    const std::size_t size = is_v4 ? 4 : 16;
    const auto address = [&](std::size_t at) {
        const bytes_view bytes = addresses.subspan(at);
        return is_v4 ? ip_address::of_v4(bytes.first<4>()) : ip_address::of_v6(bytes.first<16>());
    };
    const auto port = [&](std::size_t at) {
        return static_cast<std::uint16_t>(big_endian_16(addresses, at));
    };
    return proxied_connection{{address(0), port(2 * size)}, {address(size), port(2 * size + 2)}};
}

proxy_header_verdict read_binary(bytes_view bytes) {
    if (bytes.size() < binary_fixed_bytes)
        return proxy_header_begins{};
    const unsigned version = bytes[12] >> 4;
    const unsigned command = bytes[12] & 0x0F;
    const unsigned family = bytes[13] >> 4;
    const unsigned transport = bytes[13] & 0x0F;
    if (version != 2)
        return bad_proxy_header{"has a version other than 2 behind the signature of version 2"};
    if (command > 1)
        return bad_proxy_header{"has a command other than LOCAL and PROXY"};
    const std::size_t size = binary_fixed_bytes + big_endian_16(bytes, 14);
    if (size > max_proxy_header_bytes)
        return bad_proxy_header{"is longer than 4096 bytes"};
    if (bytes.size() < size)
        return proxy_header_begins{};
    const bytes_view header = bytes.first(size);
    if (command == 0)
        return proxy_header{size, std::nullopt}; // LOCAL: the rest means nothing

    constexpr std::array<std::size_t, 4> address_bytes{0, 2 * (4 + 2), 2 * (16 + 2), 2 * 108};
    if (family >= address_bytes.size() || transport > 2)
        return bad_proxy_header{"has an unknown family of addresses"};
    if (family == 0 || transport == 0)
        return proxy_header{size, std::nullopt}; // UNSPEC: the rest is to be ignored
    const std::size_t extras_at = binary_fixed_bytes + address_bytes[family];
    if (extras_at > size)
        return bad_proxy_header{"is too short for its addresses"};
    if (const char* const what = check_extras(header, extras_at))
        return bad_proxy_header{what};
    const bool is_tcp = transport == 1 && family != 3;
    if (!is_tcp)
        return proxy_header{size, std::nullopt};
    return proxy_header{size, read_endpoints(header.subspan(binary_fixed_bytes), family == 1)};
}

} // namespace

proxy_header_verdict read_proxy_header(std::span<const std::uint8_t> bytes) {
    if (may_be(bytes, text_signature))
        return bytes.size() < text_signature.size() ? proxy_header_begins{} : read_text(bytes);
    if (may_be(bytes, binary_signature))
        return read_binary(bytes);
    return no_proxy_header{};
}

} // namespace pulsegate
