// Clients that send as fast as they may, and at any other pace: none gets more through than its
// rates allow, and none waits that stays below them.
#include "session/message_rate.hpp"
#include "base/assert.hpp"

#include "input.hpp"

#include <algorithm>

using namespace pulsegate;

namespace {

/// What went through one of the buckets, counted without a bucket.
class tally {
public:
    tally(std::uint64_t limit, time_point start) : limit_(limit), start_(start) {}

    /// Before a piece is taken, which may overdraw the bucket, all that came before is paid for.
    void check(time_point now) const {
        if (limit_ == 0)
            return;
        const double seconds =
            std::chrono::duration<double>(now - start_ + message_rate::burst).count();
        // Each piece may be rounded by a nanosecond in the client's favour.
        const double slack = 1 + static_cast<double>(limit_) * 1e-9 * static_cast<double>(pieces_);
        PULSEGATE_ASSERT(static_cast<double>(total_) <=
                         seconds * static_cast<double>(limit_) + slack);
    }

    void add(std::uint64_t count) {
        total_ += count;
        ++pieces_;
    }

    /// True if all that was ever sent fits into one burst.
    [[nodiscard]] bool is_modest() const { return limit_ == 0 || total_ < 2 * limit_; }

private:
    const std::uint64_t limit_; // a second; 0: none
    const time_point start_;
    std::uint64_t total_ = 0;
    std::uint64_t pieces_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in({data, size});
    rate_settings limits;
    limits.messages = in.number() % 1'000;
    limits.bytes = static_cast<std::uint64_t>(in.number()) * (in.byte() % 64);
    time_point now{std::chrono::hours(1)};
    message_rate rate;
    tally messages(limits.messages, now);
    tally bytes(limits.bytes, now);
    while (!in.is_empty()) {
        now += std::chrono::microseconds(in.number() * (in.byte() % 64));
        const duration wait = rate.wait(now);
        PULSEGATE_ASSERT(wait >= duration::zero());
        PULSEGATE_ASSERT(wait == duration::zero() || !messages.is_modest() || !bytes.is_modest());
        if (wait > duration::zero()) {
            PULSEGATE_ASSERT(rate.wait(now + wait - duration(1)) > duration::zero());
            PULSEGATE_ASSERT(rate.wait(now + wait) == duration::zero());
            now += wait;
        }
        messages.check(now);
        bytes.check(now);
        const std::uint64_t more_messages = in.byte();
        const std::uint64_t more_bytes = in.number(); // a read gives up to 64 KiB
        rate.on_received(limits, more_messages, more_bytes, now);
        messages.add(more_messages);
        bytes.add(more_bytes);
    }
    return 0;
}
