// Gathers the parts of what was read that go to the other leg, so that they leave with one write.
// Lives on the stack of one handler.
#pragma once

#include "net/connection.hpp"

#include <array>

namespace pulsegate {

class write_batch {
public:
    explicit write_batch(connection& to) : to_(to) {}
    write_batch(const write_batch&) = delete;
    write_batch& operator=(const write_batch&) = delete;
    ~write_batch() { flush(); }

    /// Adds bytes, which stay where they are until the next flush().
    void add(std::span<const std::uint8_t> bytes) {
        if (bytes.empty())
            return;
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
            to_.write(std::span(parts_).first(count_));
        count_ = 0;
    }

private:
    static const std::uint8_t* end_of(const iovec& part) {
        return static_cast<const std::uint8_t*>(part.iov_base) + part.iov_len;
    }

    connection& to_;
    std::array<iovec, 32> parts_;
    std::size_t count_ = 0;
};

} // namespace pulsegate
