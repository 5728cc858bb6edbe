// A histogram of latencies with a bounded relative error, as HdrHistogram keeps it: each power of
// two is split into 128 equal buckets, so a percentile is at most 1/128 too high and recording
// costs a few instructions. A plain value; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pulsegate::bench {

class histogram {
public:
    /// Counts one value, in whatever unit the caller uses throughout; all of 64 bits are allowed.
    void record(std::uint64_t value) {
        ++buckets_[index_of(value)];
        ++count_;
        max_ = std::max(max_, value);
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// The largest value recorded, exactly; 0 if there is none.
    [[nodiscard]] std::uint64_t max() const { return max_; }

    /// The smallest value that at least this share of the recorded values does not exceed, rounded
    /// up to the end of its bucket. \param share  0 to 1: 0.99 is the 99th percentile. Returns 0 if
    /// nothing was recorded.
    [[nodiscard]] std::uint64_t percentile(double share) const {
        const auto wanted =
            static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
        const std::uint64_t rank = std::max<std::uint64_t>(wanted, 1);
        std::uint64_t seen = 0;
        for (std::size_t index = 0; index < buckets_.size(); ++index) {
            seen += buckets_[index];
            if (seen >= rank) {
                return std::min(last_value_of(index), max_);
            }
        }
        return max_;
    }

private:
    static constexpr int sub_bits = 7;
    static constexpr std::size_t sub_buckets = std::size_t{1} << sub_bits;

    // Values below 2 * sub_buckets have a bucket each; above, the leading eight bits choose it.
    static int shift_of(std::uint64_t value) {
        return std::max(0, static_cast<int>(std::bit_width(value)) - sub_bits - 1);
    }

    static std::size_t index_of(std::uint64_t value) {
        const int shift = shift_of(value);
        return static_cast<std::size_t>(shift) * sub_buckets +
               static_cast<std::size_t>(value >> shift);
    }

    static std::uint64_t last_value_of(std::size_t index) {
        if (index < 2 * sub_buckets) {
            return index;
        }
        const std::size_t shift = index / sub_buckets - 1;
        const std::uint64_t leading = index - shift * sub_buckets;
        return (leading << shift) + ((std::uint64_t{1} << shift) - 1);
    }

    std::array<std::uint64_t, (64 - sub_bits + 1) * sub_buckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace pulsegate::bench
