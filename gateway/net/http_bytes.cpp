#include "net/http_bytes.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/serializer.hpp>

namespace pulsegate {
namespace {

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

template <bool IsRequest, class Body>
std::string serialize(const http::message<IsRequest, Body>& message) {
    http::serializer<IsRequest, Body> from(message);
    std::string bytes;
    error_code error;
    while (!from.is_done() && !error) {
        from.next(error, [&](error_code&, const auto& buffers) {
            for (const asio::const_buffer part : boost::beast::buffers_range_ref(buffers))
                bytes.append(static_cast<const char*>(part.data()), part.size());
            from.consume(asio::buffer_size(buffers));
        });
    }
    return bytes;
}

} // namespace

void append(unparsed_bytes& to, std::span<const std::uint8_t> bytes) {
    to.commit(
        asio::buffer_copy(to.prepare(bytes.size()), asio::buffer(bytes.data(), bytes.size())));
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

std::string to_bytes(const upgrade_request& request) {
    return serialize(request);
}

std::string to_bytes(const upgrade_response& response) {
    return serialize(response);
}

} // namespace pulsegate
