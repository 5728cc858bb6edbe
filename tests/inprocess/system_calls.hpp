// The socket calls of the gateway's workers, seen and spoiled by tests. This executable defines
// recv(), send(), accept() and their like itself; each counts, may fail by order, may be held, and
// else does what the C library's does. Calls of the tests' own threads pass untouched.
#pragma once

#include <memory>
#include <string>

namespace pulsegate::test {

/// While it lives, the n-th call of the gateway's workers fails, as it would if the connection had
/// broken or the system had run out of something.
class failing_call {
public:
    /// \param number  from 1.
    explicit failing_call(int number);
    failing_call(const failing_call&) = delete;
    failing_call& operator=(const failing_call&) = delete;
    ~failing_call();

    /// The name of the call that failed; "" if there were not that many.
    [[nodiscard]] std::string failed() const;
};

/// How many events epoll has told the gateway's threads of since this was made.
class events_of_workers {
public:
    events_of_workers();
    [[nodiscard]] long count() const;

private:
    const long before_;
};

/// While it lives, workers that read from a socket wait inside recv(): what happens meanwhile lands
/// in one turn of their event loop.
class held_workers {
public:
    held_workers();
    held_workers(const held_workers&) = delete;
    held_workers& operator=(const held_workers&) = delete;
    ~held_workers(); // lets them go on

    /// Waits until a worker is held.
    void wait() const;
};

} // namespace pulsegate::test
