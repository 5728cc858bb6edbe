// connection: reading and writing over TLS.
#include "net/connection.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace pulsegate {
namespace {

/// Hands out the parts of a write in pieces of one record each. Small parts are gathered: a record
/// has a cost of its own, in bytes and in time. Large ones are not copied.
class pieces {
public:
    explicit pieces(std::span<const iovec> parts) : parts_(parts) {}

    /// The next piece; empty at the end. It is there until the next call, on any connection of this
    /// thread.
    std::span<const std::uint8_t> next() {
        while (!parts_.empty() && used_ == parts_.front().iov_len)
            leave_part();
        if (parts_.empty())
            return {};
        if (parts_.size() == 1 || rest().size() >= tls_stream::max_record_bytes)
            return take(tls_stream::max_record_bytes);
        thread_local std::array<std::uint8_t, tls_stream::max_record_bytes> gathered;
        std::size_t count = 0;
        while (!parts_.empty() && count < gathered.size()) {
            const auto piece = take(gathered.size() - count);
            std::memcpy(gathered.data() + count, piece.data(), piece.size());
            count += piece.size();
            if (rest().empty())
                leave_part();
        }
        return std::span(gathered).first(count);
    }

private:
    [[nodiscard]] std::span<const std::uint8_t> rest() const {
        const iovec& part = parts_.front();
        return std::span(static_cast<const std::uint8_t*>(part.iov_base), part.iov_len)
            .subspan(used_);
    }

    std::span<const std::uint8_t> take(std::size_t most) {
        const auto taken = rest().first(std::min(most, rest().size()));
        used_ += taken.size();
        return taken;
    }

    void leave_part() {
        parts_ = parts_.subspan(1);
        used_ = 0;
    }

    std::span<const iovec> parts_;
    std::size_t used_ = 0; // of the first part
};

} // namespace

/// OpenSSL holds a record that the socket did not take as a whole. None of it counts as sent: the
/// caller keeps the bytes, and they come first when flush() tries again, as OpenSSL wants it.
std::size_t connection::send_secure(std::span<const iovec> parts) {
    std::size_t sent = 0;
    pieces rest(parts);
    for (auto piece = rest.next(); !piece.empty(); piece = rest.next()) {
        const tls_stream::step step = tls_.write(piece);
        sent += step.bytes;
        if (step.what == tls_stream::outcome::done)
            continue;
        write_event_ = step.what == tls_stream::outcome::wants_read ? EPOLLIN : EPOLLOUT;
        if (!may_go_on(step.what)) {
            is_broken_ = true;
            forget_pending();
        }
        break;
    }
    return sent;
}

connection::received connection::read_secure(std::span<std::uint8_t> room) {
    const tls_stream::step step = tls_.read_all(room);
    read_event_ = step.what == tls_stream::outcome::wants_write ? EPOLLOUT : EPOLLIN;
    return {.bytes = step.bytes, .is_over = !may_go_on(step.what)};
}

bool connection::may_go_on(tls_stream::outcome what) {
    return what != tls_stream::outcome::ended && what != tls_stream::outcome::failed;
}

} // namespace pulsegate
