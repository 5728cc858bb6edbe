#include "http/http_bytes.hpp"

#include <boost/beast/http/error.hpp>

#include <cstring>

namespace pulsegate {
namespace {

using namespace std::literals;

constexpr std::size_t typical_bytes = 1024;

template <bool IsRequest>
std::size_t parse_with(http::basic_parser<IsRequest>& parser, unparsed_bytes& bytes,
                       error_code& error) {
    const auto is_done = [&] {
        return parser.eager() ? parser.is_done() : parser.is_header_done();
    };
    std::size_t taken = 0;
    while (!error && bytes.size() > 0 && !is_done()) {
        const std::size_t part = parser.put(bytes.data(), error);
        bytes.consume(part);
        taken += part;
    }
    if (error == http::error::need_more)
        error = {};
    return taken;
}

template <class... Texts>
void append_texts(std::string& to, const Texts&... texts) {
    (to.append(texts.data(), texts.size()), ...);
}

std::string_view version_of(unsigned version) {
    return version == 10 ? "HTTP/1.0" : "HTTP/1.1";
}

void append_headers(std::string& to, const http::fields& headers) {
    for (const auto& header : headers)
        append_texts(to, header.name_string(), ": "sv, header.value(), "\r\n"sv);
    append_texts(to, "\r\n"sv);
}

} // namespace

void append(unparsed_bytes& to, std::span<const std::uint8_t> bytes) {
    if (bytes.empty())
        return;
    std::memcpy(to.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    to.commit(bytes.size());
}

std::string_view contents(const unparsed_bytes& bytes) {
    return {static_cast<const char*>(bytes.data().data()), bytes.size()};
}

std::size_t parse(http::basic_parser<true>& parser, unparsed_bytes& bytes, error_code& error) {
    return parse_with(parser, bytes, error);
}

std::size_t parse(http::basic_parser<false>& parser, unparsed_bytes& bytes, error_code& error) {
    return parse_with(parser, bytes, error);
}

bool complete_status_line(unparsed_bytes& bytes) {
    constexpr std::string_view version = "HTTP/1.";
    constexpr std::size_t end_of_code = 12; // `HTTP/1.1 101`
    const std::string_view all = contents(bytes);
    if (all.substr(0, version.size()) != version.substr(0, all.size()))
        return true; // no HTTP, which is for the parser to say
    if (all.size() < end_of_code + 2)
        return false;
    if (all.substr(end_of_code, 2) != "\r\n")
        return true;
    bytes.prepare(1);
    bytes.commit(1);
    auto* const code_end = static_cast<char*>(bytes.data().data()) + end_of_code;
    std::memmove(code_end + 1, code_end, bytes.size() - end_of_code - 1);
    *code_end = ' ';
    return true;
}

std::string to_bytes(const upgrade_request& request) {
    std::string bytes;
    bytes.reserve(typical_bytes);
    append_texts(bytes, request.method_string(), " "sv, request.target(), " "sv,
                 version_of(request.version()), "\r\n"sv);
    append_headers(bytes, request);
    return bytes;
}

std::string to_bytes(const upgrade_response& response) {
    std::string bytes;
    bytes.reserve(typical_bytes + response.body().size());
    append_texts(bytes, version_of(response.version()), " "sv,
                 std::to_string(response.result_int()), " "sv, response.reason(), "\r\n"sv);
    append_headers(bytes, response);
    return bytes.append(response.body());
}

std::string to_bytes(std::string_view first_line, const http::fields& headers) {
    std::string bytes;
    bytes.reserve(typical_bytes);
    append_texts(bytes, first_line);
    append_headers(bytes, headers);
    return bytes;
}

} // namespace pulsegate
