#include "net/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pulsegate {

connection& connection::operator=(connection&& other) noexcept {
    std::swap(poll_, other.poll_);
    std::swap(watch_, other.watch_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(tls_, other.tls_);
    std::swap(encrypts_, other.encrypts_);
    std::swap(pending_, other.pending_);
    std::swap(flushed_, other.flushed_);
    std::swap(is_broken_, other.is_broken_);
    std::swap(ends_, other.ends_);
    std::swap(has_left_unread_, other.has_left_unread_);
    std::swap(has_left_unwritten_, other.has_left_unwritten_);
    std::swap(ending_, other.ending_);
    for (connection* each : {this, &other})
        if (each->encrypts_)
            each->tls_.write_to(*each);
    return *this;
}

void connection::secure(tls_stream&& tls) {
    tls_ = std::move(tls);
    encrypts_ = !tls_.is_in_kernel();
    if (encrypts_)
        tls_.write_to(*this);
}

bool connection::watch_changes(poll_target& target, std::uint32_t interest) {
    const bool has_left_some = has_left_unread_ || has_left_unwritten_;
    has_left_unread_ = has_left_unwritten_ = false;
    const poll_watch wanted{&target, interest == 0 ? 0 : interest | EPOLLRDHUP | EPOLLET};
    if (watch_ != wanted)
        return poll_->change(descriptor_, watch_, wanted); // looks again as well
    return !has_left_some || interest == 0 || poll_->look_again(descriptor_, watch_);
}

std::size_t connection::send(std::span<const iovec> parts) {
    if (is_broken_ || is_cut())
        return 0;
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    for (;;) {
        const auto sent = parts.size() == 1
                              ? ::send(descriptor_, parts[0].iov_base, parts[0].iov_len, flags)
                              : ::sendmsg(descriptor_, &message, flags);
        if (sent >= 0)
            return static_cast<std::size_t>(sent);
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS && errno != ENOMEM) {
            note_end(errno);
            is_broken_ = true;
            forget_pending();
            return 0;
        }
        has_left_unwritten_ |= errno == ENOBUFS || errno == ENOMEM;
        return 0;
    }
}

void connection::write(std::span<const iovec> parts) {
    if (encrypts_)
        return write_secure(parts);
    const std::size_t sent = pending_.empty() ? send(parts) : 0;
    if (parts.size() > 1 || sent < parts[0].iov_len)
        keep(parts, sent);
}

/// Keeps all but the first `sent` bytes.
void connection::keep(std::span<const iovec> parts, std::size_t sent) {
    if (is_broken_ || is_cut())
        return;
    if (flushed_ > pending_bytes()) { // what has left makes room for what comes
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(flushed_));
        flushed_ = 0;
    }
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

connection::received connection::read(std::span<std::uint8_t> room) {
    const received result = tls_ ? read_secure(room) : read_plain(room);
    has_left_unread_ = result.may_be_more;
    return result;
}

connection::received connection::read_plain(std::span<std::uint8_t> room) {
    for (;;) {
        const auto count = ::recv(descriptor_, room.data(), room.size(), MSG_DONTWAIT);
        if (count > 0) {
            const auto bytes = static_cast<std::size_t>(count);
            return {.bytes = bytes, .may_be_more = bytes == room.size() || ends_};
        }
        if (count == 0) {
            note_end(0);
            return {.is_over = true};
        }
        if (errno == EINTR)
            continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOMEM)
            return {.may_be_more = errno == ENOMEM};
        note_end(errno);
        return {.is_over = true};
    }
}

bool connection::has_unread_bytes() const {
    std::uint8_t byte = 0;
    return ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connection::give_up_after(milliseconds unacknowledged) {
    const auto set = [this](int level, int option, int value) {
        ::setsockopt(descriptor_, level, option, &value, sizeof value);
    };
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(unacknowledged).count();
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(unacknowledged.count()));
    set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(std::min<std::int64_t>(seconds, 32'767)));
}

void connection::shut() {
    if (tls_ && pending_.empty())
        tls_.end();
    ::shutdown(descriptor_, SHUT_WR);
}

void connection::cut() {
    if (tls_ && pending_.empty())
        tls_.end();
    tls_ = {};
    encrypts_ = false;
    forget_pending();
    if (descriptor_ < 0)
        return;
    poll_->forget(descriptor_, watch_);
    ::close(descriptor_);
    descriptor_ = -1;
}

/// \param error  errno; 0 for the end of what the peer sent.
void connection::note_end(int error) {
    if (ending_ != ending::none)
        return;
    // EPIPE: the reset came after the end.
    ending_ = error == 0                              ? ending::orderly
              : error == ECONNRESET || error == EPIPE ? ending::reset
                                                      : ending::broken;
}

void connection::forget_pending() {
    std::vector<std::uint8_t>().swap(pending_);
    flushed_ = 0;
}

} // namespace pulsegate
