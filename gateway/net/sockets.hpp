// The socket types of the gateway: one type for TCP and Unix sockets, with the concrete executor of
// an io_context (no type erasure: it would cost memory per session and a virtual call per
// operation).
#pragma once

#include "base/ip_address.hpp"
#include "config/configuration.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <optional>

namespace pulsegate {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

using io_executor = asio::io_context::executor_type;
using stream_socket = asio::basic_stream_socket<asio::generic::stream_protocol, io_executor>;
using stream_acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, io_executor>;
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, io_executor>;
using stream_endpoint = asio::generic::stream_protocol::endpoint;

/// The endpoint of a literal address; throws std::invalid_argument for a host name.
[[nodiscard]] stream_endpoint to_endpoint(const socket_address& address);

[[nodiscard]] socket_address to_address(const stream_endpoint& endpoint);

/// The IP address of an endpoint; nothing for a Unix socket.
[[nodiscard]] std::optional<ip_address> ip_of(const sockaddr_storage& endpoint);

/// Has small writes sent at once (TCP_NODELAY), and silent peers asked whether they are still there
/// (SO_KEEPALIVE). Connections inherit it from their listening socket. Does nothing on a Unix
/// socket.
void set_connection_options(int descriptor);

/// Bounds what the kernel takes beyond what it can send at once (TCP_NOTSENT_LOWAT): what a slow
/// peer leaves waits where it was read from, not in the kernel's memory. Inherited likewise.
void limit_unsent(int descriptor, std::uint64_t bytes);

} // namespace pulsegate
