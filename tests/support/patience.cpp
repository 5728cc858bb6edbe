#include "support/patience.hpp"

#include <stdexcept>
#include <string>
#include <thread>

namespace pulsegate::test {

void wait_until(std::string_view what, const std::function<bool()>& condition,
                std::chrono::milliseconds longest) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline)
            throw std::runtime_error("waited in vain: " + std::string(what));
        std::this_thread::sleep_for(2ms); // between two looks; not instead of one
    }
}

} // namespace pulsegate::test
