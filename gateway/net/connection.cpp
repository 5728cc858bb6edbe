#include "net/connection.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace pulsegate {

std::size_t connection::send(std::span<const iovec> parts) {
    if (is_broken_ || is_cut())
        return 0;
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    for (;;) {
        const auto sent = parts.size() == 1 ? ::send(socket_.native_handle(), parts[0].iov_base,
                                                     parts[0].iov_len, flags)
                                            : ::sendmsg(socket_.native_handle(), &message, flags);
        if (sent >= 0)
            return static_cast<std::size_t>(sent);
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS && errno != ENOMEM) {
            is_broken_ = true;
            forget_pending();
        }
        return 0;
    }
}

void connection::write(std::span<const iovec> parts) {
    std::size_t sent = pending_.empty() ? send(parts) : 0;
    if (is_broken_ || is_cut())
        return;
    for (const iovec& part : parts) {
        if (sent >= part.iov_len) {
            sent -= part.iov_len;
            continue;
        }
        const auto* bytes = static_cast<const std::uint8_t*>(part.iov_base);
        pending_.insert(pending_.end(), bytes + sent, bytes + part.iov_len);
        sent = 0;
    }
}

void connection::write(std::span<const std::uint8_t> bytes) {
    const iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    write(std::span(&part, 1));
}

std::size_t connection::flush() {
    if (pending_.empty())
        return 0;
    const iovec part{pending_.data() + flushed_, pending_bytes()};
    const std::size_t sent = send(std::span(&part, 1));
    flushed_ += sent;
    if (flushed_ == pending_.size())
        forget_pending();
    return sent;
}

std::size_t connection::read_now(std::span<std::uint8_t> room) {
    const auto received = ::recv(socket_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
}

bool connection::has_unread_bytes() {
    std::uint8_t byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connection::shut() {
    error_code ignored;
    socket_.shutdown(stream_socket::shutdown_send, ignored);
}

void connection::cut() {
    forget_pending();
    error_code ignored;
    socket_.close(ignored);
}

void connection::forget_pending() {
    std::vector<std::uint8_t>().swap(pending_);
    flushed_ = 0;
}

} // namespace pulsegate
