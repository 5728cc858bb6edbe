#include "bench/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace pulsegate::bench {

stream::~stream() {
    ::close(descriptor_);
}

stream::batch stream::receive(bytes buffer, bool end_announced) {
    std::copy(kept_.begin(), kept_.end(), buffer.begin());
    const std::size_t kept = kept_.size();
    kept_.clear();
    const bytes room = buffer.subspan(kept);
    const ssize_t got = ::recv(descriptor_, room.data(), room.size(), 0);
    const std::size_t size = got > 0 ? static_cast<std::size_t>(got) : 0;
    batch read;
    read.input = buffer.first(kept + size);
    read.has_ended = got == 0 || (got < 0 && errno != EAGAIN);
    read.error = got < 0 && read.has_ended ? errno : 0;
    // A read that does not fill the buffer has emptied the socket; only a peer's end may lie behind
    // it.
    read.is_last = got <= 0 || (size < room.size() && !end_announced);
    return read;
}

std::size_t stream::send_now(const_bytes output) {
    const ssize_t sent = ::send(descriptor_, output.data(), output.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void stream::send(const_bytes output) {
    if (!is_blocked()) {
        output = output.subspan(send_now(output));
    }
    waiting_.insert(waiting_.end(), output.begin(), output.end());
}

void stream::flush() {
    if (is_blocked()) {
        const auto sent = static_cast<std::ptrdiff_t>(send_now(waiting_));
        waiting_.erase(waiting_.begin(), waiting_.begin() + sent);
    }
}

} // namespace pulsegate::bench
