#include "bench/load_engine.hpp"

#include "bench/sockets.hpp"

#include <algorithm>
#include <array>
#include <sys/epoll.h>
#include <unistd.h>

namespace pulsegate::bench {

namespace {

constexpr std::uint32_t opening_at_once = 64;
constexpr std::chrono::seconds patience{10};

} // namespace

load_engine::load_engine(const load_settings& settings) : state_(settings), epoll_(make_epoll()) {
    connections_.reserve(settings.connections);
}

load_engine::~load_engine() {
    ::close(epoll_);
}

void load_engine::also_watch(int descriptor) {
    watch(epoll_, descriptor, nullptr);
}

void load_engine::open_all() {
    const std::uint32_t wanted = state_.settings.connections;
    while (connections_.size() < wanted) {
        const auto number = static_cast<std::uint32_t>(connections_.size());
        add_connection();
        const std::uint32_t enough =
            number + 1 == wanted ? wanted : number + 1 - std::min(number + 1, opening_at_once);
        run_until([&] { return state_.open >= enough; }, patience, "an upgrade was not answered");
    }
}

void load_engine::add_connection() {
    const auto number = static_cast<std::uint32_t>(connections_.size());
    connections_.push_back(std::make_unique<load_connection>(number, state_));
    watch(epoll_, connections_.back()->descriptor(), connections_.back().get());
}

void load_engine::allow(std::uint32_t messages_each) {
    state_.message_limit = messages_each;
    for (const auto& connection : connections_) {
        connection->fill();
    }
}

void load_engine::run_until(clock::time_point end) {
    for (auto now = clock::now(); now < end; now = clock::now()) {
        handle_events(end - now);
    }
}

void load_engine::run_at_rate(std::uint64_t messages_per_second, clock::time_point end) {
    const std::chrono::nanoseconds period(1'000'000'000 / messages_per_second);
    auto due = clock::now();
    std::size_t next = 0;
    for (auto now = due; now < end; now = clock::now()) {
        for (; due <= now; due += period) {
            connections_[next]->send_due(due);
            next = (next + 1) % connections_.size();
        }
        handle_events(std::min(due, end) - now);
    }
}

void load_engine::run_openings(clock::time_point end) {
    const std::size_t wanted = state_.settings.connections;
    for (auto now = clock::now(); now < end; now = clock::now()) {
        if (connections_.size() < wanted) {
            began_.push_back(now);
            add_connection();
        }
        handle_events(connections_.size() < wanted ? clock::duration::zero() : end - now);
        for (std::size_t i = 0; i < connections_.size(); ++i) { // no event names them any more
            if (connections_[i]->is_open()) {
                connections_[i]->close();
            } else if (connections_[i]->has_ended()) {
                const auto ended = clock::now();
                const std::chrono::nanoseconds life = ended - began_[i];
                state_.seen.latency.record(static_cast<std::uint64_t>(life.count()));
                ++state_.seen.round_trips;
                began_[i] = ended;
                connections_[i] =
                    std::make_unique<load_connection>(static_cast<std::uint32_t>(i), state_);
                watch(epoll_, connections_[i]->descriptor(), connections_[i].get());
            }
        }
    }
}

void load_engine::run_until(const std::function<bool()>& condition, std::chrono::seconds limit,
                            const char* failure) {
    const auto deadline = clock::now() + limit;
    while (!condition()) {
        const auto now = clock::now();
        if (now >= deadline) {
            throw load_failure(failure);
        }
        handle_events(deadline - now);
    }
}

void load_engine::drain() {
    state_.message_limit = 0;
    run_until([this] { return state_.outstanding == 0; }, patience,
              "some messages never came back");
}

void load_engine::close_all() {
    for (const auto& connection : connections_) {
        connection->close();
    }
    run_until([this] { return state_.open == 0; }, patience, "a Close was not answered");
}

void load_engine::handle_events(clock::duration longest_wait) {
    std::array<epoll_event, 512> events;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(longest_wait);
    const timespec wait{seconds.count(), std::chrono::nanoseconds(longest_wait - seconds).count()};
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr != nullptr) {
            static_cast<load_connection*>(event.data.ptr)->on_event(event.events);
        }
    }
}

} // namespace pulsegate::bench
