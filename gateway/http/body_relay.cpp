#include "http/body_relay.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>

namespace pulsegate {
namespace {

bool may_be_trailer(std::string_view name) {
    constexpr std::array never{"Transfer-Encoding",
                               "Content-Length",
                               "Host",
                               "Connection",
                               "Content-Encoding",
                               "Content-Type",
                               "Content-Range",
                               "Trailer",
                               "Authorization",
                               "Proxy-Authenticate",
                               "Set-Cookie",
                               "Proxy-Authorization",
                               "Cache-Control",
                               "Expect",
                               "Location",
                               "Upgrade",
                               "Keep-Alive",
                               "TE",
                               "Vary",
                               "WWW-Authenticate"};
    return std::none_of(never.begin(), never.end(),
                        [&](std::string_view one) { return boost::beast::iequals(one, name); });
}

} // namespace

void framed_pieces::add(const body_pieces& pieces, body_framing as) {
    if (pieces.bytes() == 0)
        return;
    if (as == body_framing::chunked) {
        char* const end = std::to_chars(size_.data(), size_.data() + 16, pieces.bytes(), 16).ptr;
        end[0] = '\r';
        end[1] = '\n';
        add({size_.data(), static_cast<std::size_t>(end + 2 - size_.data())});
    }
    for (const iovec& each : pieces.all())
        parts_[count_++] = each;
    if (as == body_framing::chunked)
        add("\r\n");
}

std::string trailer_lines(const http::fields& trailers) {
    std::string lines;
    for (const auto& each : trailers) {
        const std::string_view name = each.name_string();
        const std::string_view value = each.value();
        if (may_be_trailer(name))
            lines.append(name).append(": ").append(value).append("\r\n");
    }
    return lines;
}

std::string end_of_body(body_framing as, const http::fields& trailers) {
    return as == body_framing::chunked ? "0\r\n" + trailer_lines(trailers) + "\r\n" : std::string();
}

} // namespace pulsegate
