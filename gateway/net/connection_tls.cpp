// connection: reading and writing over TLS.
#include "net/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace pulsegate {
namespace {

// Far more than back-pressure lets wait: only answers to a peer come on top of it that asks for new
// keys again and again, and takes none of them.
constexpr std::size_t most_pending_bytes = 1024 * 1024;

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

void connection::write_secure(std::span<const iovec> parts) {
    pieces rest(parts);
    for (auto piece = rest.next(); !piece.empty() && !is_broken_; piece = rest.next())
        if (!tls_.write(piece)) {
            is_broken_ = true;
            forget_pending();
        }
}

/// Everything is taken, so that OpenSSL never holds a record that is half sent: until that were
/// gone it could not answer a peer that asks for new keys (RFC 8446 §4.6.3), and would give up.
bool connection::take(std::span<const std::uint8_t> encrypted) {
    const iovec part{const_cast<std::uint8_t*>(encrypted.data()), encrypted.size()};
    const std::span whole(&part, 1);
    if (pending_bytes() > most_pending_bytes) {
        is_broken_ = true;
        forget_pending();
        return false;
    }
    keep(whole, pending_.empty() ? send(whole) : 0);
    return !is_broken_ && !is_cut();
}

connection::received connection::read_secure(std::span<std::uint8_t> room) {
    errno = 0;
    const tls_stream::step step = tls_.read_all(room);
    const int error = errno;
    const bool may_go_on =
        step.what == tls_stream::outcome::done || step.what == tls_stream::outcome::wants_read;
    if (step.what == tls_stream::outcome::failed)
        note_end(EPROTO);
    else if (!may_go_on) // errno means something only where a call failed
        note_end(!tls_.is_broken() || error == EAGAIN ? 0 : error);
    return {.bytes = step.bytes,
            .is_over = !may_go_on,
            .may_be_more = step.what == tls_stream::outcome::done || (may_go_on && ends_)};
}

} // namespace pulsegate
