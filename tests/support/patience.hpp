// Deadlines of tests. They are hit only by a failure, so they are generous; nothing sleeps for a
// result.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace pulsegate::test {

using namespace std::chrono_literals;

inline constexpr std::chrono::seconds patience{30};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// Asks again and again until `condition` holds. Throws std::runtime_error that says `what` did not
/// happen.
void wait_until(std::string_view what, const std::function<bool()>& condition,
                std::chrono::milliseconds longest = patience);

/// Set on threads that belong to the tests; all others belong to the gateway.
inline thread_local bool is_test_thread = false;

} // namespace pulsegate::test
