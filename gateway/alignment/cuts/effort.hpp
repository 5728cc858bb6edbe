// Counts what a search for cuts costs, in steps of its loops: so that a test can say how much it
// may be, on any machine. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pulsegate {

class effort {
public:
    void spend(std::size_t steps) { steps_ += steps; }

    [[nodiscard]] std::uint64_t steps() const { return steps_; }

private:
    std::uint64_t steps_ = 0;
};

} // namespace pulsegate
