#include "net/sockets.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
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

std::optional<ip_address> ip_of(const sockaddr_storage& endpoint) {
    std::array<std::uint8_t, 4> v4{};
    std::array<std::uint8_t, 16> v6{};
    if (endpoint.ss_family == AF_INET) {
        std::memcpy(v4.data(), &reinterpret_cast<const sockaddr_in&>(endpoint).sin_addr, v4.size());
        return ip_address::of_v4(v4);
    }
    if (endpoint.ss_family == AF_INET6) {
        std::memcpy(v6.data(), &reinterpret_cast<const sockaddr_in6&>(endpoint).sin6_addr,
                    v6.size());
        return ip_address::of_v6(v6);
    }
    return std::nullopt;
}

void set_connection_options(int descriptor) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void limit_unsent(int descriptor, std::uint64_t bytes) {
    const auto value = static_cast<int>(bytes);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, sizeof value);
}

} // namespace pulsegate
