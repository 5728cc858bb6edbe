#include "alignment/nginx/handshake.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr char dollar = '$';
constexpr char frozen_dollar = '\x01'; // in no configuration that Nginx reads

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
        name == "http_transfer_encoding")
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
