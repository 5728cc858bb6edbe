#include "net/sockets.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <stdexcept>

namespace pulsegate {
namespace {

asio::ip::tcp::endpoint to_tcp(const stream_endpoint& endpoint) {
    asio::ip::tcp::endpoint result;
    result.resize(endpoint.size());
    std::memcpy(result.data(), endpoint.data(), endpoint.size());
    return result;
}

bool is_ip(const stream_endpoint& endpoint) {
    const int family = endpoint.protocol().family();
    return family == AF_INET || family == AF_INET6;
}

} // namespace

stream_endpoint to_endpoint(const socket_address& address) {
    if (const auto* local = std::get_if<unix_address>(&address))
        return asio::local::stream_protocol::endpoint(local->path);
    const auto& tcp = std::get<tcp_address>(address);
    error_code error;
    const auto ip = asio::ip::make_address(tcp.host, error);
    if (error)
        throw std::invalid_argument("not a literal IP address: " + tcp.host);
    return asio::ip::tcp::endpoint(ip, tcp.port);
}

socket_address to_address(const stream_endpoint& endpoint) {
    if (is_ip(endpoint)) {
        const auto tcp = to_tcp(endpoint);
        return tcp_address{tcp.address().to_string(), tcp.port()};
    }
    const auto* local = reinterpret_cast<const sockaddr_un*>(endpoint.data());
    return unix_address{endpoint.size() > offsetof(sockaddr_un, sun_path) ? local->sun_path : ""};
}

std::optional<ip_address> peer_address(const stream_socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error || !is_ip(endpoint))
        return std::nullopt;
    return ip_address::parse(to_tcp(endpoint).address().to_string());
}

void send_at_once(stream_socket& socket) {
    const int on = 1;
    // Fails on Unix sockets, where nothing is delayed anyway.
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace pulsegate
