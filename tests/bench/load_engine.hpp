// All connections of a load run and the epoll instance that drives them. One thread.
#pragma once

#include "bench/load_connection.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace pulsegate::bench {

class load_engine {
public:
    explicit load_engine(const load_settings& settings);
    ~load_engine();
    load_engine(const load_engine&) = delete;
    load_engine& operator=(const load_engine&) = delete;

    [[nodiscard]] load_state& state() { return state_; }

    /// Makes `descriptor` end the waits of `run_until` when it becomes readable or ends.
    void also_watch(int descriptor);

    /// Opens every connection, a few at a time. Throws load_failure if one is refused or takes
    /// longer than ten seconds.
    void open_all();

    /// Lets every connection have sent this many messages in all, and sends what may be sent at
    /// once.
    void allow(std::uint32_t messages_each);

    /// Handles events until the clock says `end`. Throws load_failure.
    void run_until(clock::time_point end);

    /// Sends so many messages a second, each on the next connection, until the clock says `end`.
    /// Throws load_failure, also if the chain falls behind.
    void run_at_rate(std::uint64_t messages_per_second, clock::time_point end);

    /// Opens and closes connections, as many at once as the settings say, until the clock says
    /// `end`. Each whole life is a round trip of the observation. Throws load_failure.
    void run_openings(clock::time_point end);

    /// Handles events until `condition` holds. Throws load_failure, also once `patience` has run
    /// out. \param failure  what is then wrong, in words.
    void run_until(const std::function<bool()>& condition, std::chrono::seconds patience,
                   const char* failure);

    /// Sends nothing new and waits until every echo is back. Throws load_failure if some never
    /// come.
    void drain();

    /// Closes every connection with code 1000 and waits for the answers. Throws load_failure.
    void close_all();

private:
    void handle_events(clock::duration longest_wait);
    void add_connection();

    load_state state_;
    const int epoll_;
    std::vector<std::unique_ptr<load_connection>> connections_;
    std::vector<clock::time_point> began_; // of each connection, by run_openings()
};

} // namespace pulsegate::bench
