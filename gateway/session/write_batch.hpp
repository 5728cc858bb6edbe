// Gathers the parts of what was read that go to the other leg, so that they leave with one write.
// Lives on the stack of one handler.
#pragma once

#include "session/half.hpp"
#include "session/session_orders.hpp"

#include <array>

namespace pulsegate {

class write_batch {
public:
    /// \param way  that leads to `to`: learns what waits after each write.
    write_batch(session_orders& orders, leg to, half& way) : orders_(orders), to_(to), way_(way) {}
    write_batch(const write_batch&) = delete;
    write_batch& operator=(const write_batch&) = delete;
    ~write_batch() { flush(); }

    /// Adds bytes, which stay where they are until the next flush().
    void add(std::span<const std::uint8_t> bytes) {
        if (count_ > 0 && end_of(parts_[count_ - 1]) == bytes.data()) {
            parts_[count_ - 1].iov_len += bytes.size();
            return;
        }
        if (count_ == parts_.size())
            flush();
        parts_[count_++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    }

    void flush() {
        if (count_ > 0)
            way_.note_written(orders_.write(to_, std::span(parts_).first(count_)));
        count_ = 0;
    }

private:
    static const std::uint8_t* end_of(const iovec& part) {
        return static_cast<const std::uint8_t*>(part.iov_base) + part.iov_len;
    }

    session_orders& orders_;
    const leg to_;
    half& way_;
    std::array<iovec, 32> parts_;
    std::size_t count_ = 0;
};

} // namespace pulsegate
