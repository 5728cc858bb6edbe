// Random numbers are drawn in advance, for each thread.
#include "base/random.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <thread>
#include <vector>

using namespace pulsegate;

namespace {

std::vector<std::uint64_t> drawn(std::size_t count) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < count; ++i)
        numbers.push_back(random_u64());
    return numbers;
}

} // namespace

// The chance that two of 20,000 are equal by accident is 10^-11.
TEST_CASE("no random number comes twice, whatever thread draws it") {
    std::vector<std::uint64_t> of_other_thread;
    std::thread other([&] { of_other_thread = drawn(10'000); });
    std::vector<std::uint64_t> all = drawn(10'000);
    other.join();
    all.insert(all.end(), of_other_thread.begin(), of_other_thread.end());
    CHECK(std::set(all.begin(), all.end()).size() == 20'000);
}

TEST_CASE("numbers of different sizes do not share bytes") {
    const std::uint32_t before = random_u32();
    const std::uint64_t between = random_u64();
    const std::uint32_t after = random_u32();
    const std::set<std::uint32_t> parts{before, static_cast<std::uint32_t>(between),
                                        static_cast<std::uint32_t>(between >> 32), after};
    CHECK(parts.size() == 4); // fails by accident once in 10^9 runs
}

TEST_CASE("every phase lies within its span") {
    for (int i = 0; i < 10'000; ++i) {
        const duration phase = random_phase(duration(3));
        CHECK(phase >= duration(1));
        CHECK(phase <= duration(3));
    }
}
