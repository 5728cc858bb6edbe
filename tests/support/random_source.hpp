// Random choices for tests: the same seed gives the same run everywhere. Tests print the seed of a
// run that fails; PULSEGATE_TEST_SEED runs that one alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace pulsegate::test {

class random_source {
public:
    explicit random_source(std::uint64_t seed) : engine_(seed) {}

    /// 0 to `limit` - 1. The standard's distributions differ between libraries; this does not.
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

    std::uint64_t between(std::uint64_t least, std::uint64_t most) {
        return least + below(most - least + 1);
    }

    bool is_one_in(std::uint64_t chances) { return below(chances) == 0; }

    std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

private:
    std::mt19937_64 engine_;
};

/// Seeds 1 to `count`, or the one in PULSEGATE_TEST_SEED.
inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
    std::vector<std::uint64_t> result;
    if (const char* one = std::getenv("PULSEGATE_TEST_SEED"))
        return {std::strtoull(one, nullptr, 10)};
    for (std::uint64_t seed = 1; seed <= count; ++seed)
        result.push_back(seed);
    return result;
}

} // namespace pulsegate::test
