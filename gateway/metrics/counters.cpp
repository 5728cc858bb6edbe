#include "metrics/counters.hpp"

#include "base/assert.hpp"

namespace pulsegate {

// The counts that size the arrays.
static_assert(leg_count == std::size_t(leg::app) + 1);
static_assert(direction_count == std::size_t(direction::app_to_client) + 1);

namespace {

template <std::size_t Size>
void add(std::array<std::uint64_t, Size>& total, const std::array<std::uint64_t, Size>& part) {
    for (std::size_t i = 0; i < Size; ++i)
        total[i] += part[i];
}

void add(relay_counts& total, const relay_counts& part) {
    add(total.pings_sent, part.pings_sent);
    add(total.pongs_received, part.pongs_received);
    add(total.messages, part.messages);
    add(total.bytes, part.bytes);
    total.pending_bytes += part.pending_bytes;
    total.ping_rtt.add(part.ping_rtt);
}

void add(http_counts& total, const http_counts& part) {
    total.live += part.live;
    add(total.ended, part.ended);
    total.request_bytes += part.request_bytes;
    total.answer_bytes += part.answer_bytes;
    total.dials += part.dials;
    total.reuses += part.reuses;
    total.retries += part.retries;
    total.to_head.add(part.to_head);
    total.to_end.add(part.to_end);
    total.streams += part.streams;
    total.streams_opened += part.streams_opened;
    add(total.streams_ended, part.streams_ended);
    total.stream_heartbeats += part.stream_heartbeats;
}

} // namespace

route_counters& operator+=(route_counters& total, const route_counters& part) {
    total.live += part.live;
    total.opened += part.opened;
    add(total.closed, part.closed);
    add(total.rejected, part.rejected);
    add(total.app_errors, part.app_errors);
    add(total.relay, part.relay);
    add(total.http, part.http);
    total.app_dial.add(part.app_dial);
    return total;
}

void counters::count_for(std::span<const std::uint32_t> numbers) {
    PULSEGATE_ASSERT(numbers.size() >= routes.size());
    routes.resize(numbers.size());
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (routes[i].number == numbers[i])
            continue;
        former_routes += routes[i];
        routes[i] = {.number = numbers[i]};
    }
}

counters& operator+=(counters& total, const counters& part) {
    PULSEGATE_ASSERT(total.routes.size() == part.routes.size());
    for (std::size_t i = 0; i < part.routes.size(); ++i)
        (total.routes[i].number == part.routes[i].number ? total.routes[i] : total.former_routes) +=
            part.routes[i];
    total.former_routes += part.former_routes;
    add(total.rejected, part.rejected);
    total.accept_errors += part.accept_errors;
    total.handshakes_live += part.handshakes_live;
    total.idle_clients += part.idle_clients;
    total.losses_not_compared += part.losses_not_compared;
    total.event_loop_lag.add(part.event_loop_lag);
    total.connection_duration.add(part.connection_duration);
    total.idle_at_close.add(part.idle_at_close);
    return total;
}

route_counters sum_of_routes(const counters& from) {
    route_counters sum = from.former_routes;
    for (const route_counters& each : from.routes)
        sum += each;
    add(sum.rejected, from.rejected);
    return sum;
}

std::string_view label_of(leg side) {
    switch (side) {
    case leg::client:
        return "client";
    case leg::app:
        return "app";
    }
    PULSEGATE_ASSERT(false);
}

std::string_view label_of(direction way) {
    switch (way) {
    case direction::client_to_app:
        return "client_to_app";
    case direction::app_to_client:
        return "app_to_client";
    }
    PULSEGATE_ASSERT(false);
}

} // namespace pulsegate
