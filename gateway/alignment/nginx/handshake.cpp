#include "alignment/nginx/handshake.hpp"

#include "config/nearest.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

constexpr char dollar = '$';
constexpr char frozen_dollar = '\x01'; // in no configuration that Nginx reads

/// `http_upgrad`: the name of a header of handshakes with a letter wrong, which nobody sends. Only
/// a slip of the pen: other names may be headers that some clients do send.
bool is_misspelt(std::string_view name) {
    constexpr std::array<std::string_view, 2> headers{"http_upgrade", "http_connection"};
    return name.starts_with("http_") &&
           std::any_of(headers.begin(), headers.end(),
                       [&](std::string_view each) { return edit_distance(name, each) == 1; });
}

} // namespace

std::vector<std::string> nginx_handshake::own_values(std::string_view name) const {
    if (name == "http_upgrade")
        return upgrade;
    if (name == "http_connection")
        return connection;
    if (name == "request_method")
        return {"GET"};
    if (name == "server_protocol")
        return {"HTTP/1.1"};
    if (name == "http_sec_websocket_version")
        return {"13"};
    if (name == "content_length" || name == "http_content_length" ||
        name == "http_transfer_encoding" || is_misspelt(name))
        return {""};
    if (name == "scheme" && !scheme.empty())
        return {scheme};
    if (name == "https" && !scheme.empty())
        return {scheme == "https" ? "on" : ""};
    if (name == "request_uri")
        return {asked};
    if ((name == "uri" || name == "document_uri") && uri)
        return {*uri};
    return {};
}

std::string frozen(std::string text) {
    std::replace(text.begin(), text.end(), dollar, frozen_dollar);
    return text;
}

std::string thawed(std::string text) {
    std::replace(text.begin(), text.end(), frozen_dollar, dollar);
    return text;
}

} // namespace pulsegate
