// How rules word what they have in common, limits and heartbeats, and what to do about a limit, as
// text to paste; the running gateway says the same about what it finds. Pure.
#pragma once

#include "alignment/route_heartbeat.hpp"
#include "config/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// True if both begin at the same byte of the same file.
[[nodiscard]] bool is_same_place(const span& a, const span& b);

/// What stands at the limit's place: `ends a connection after 20s without a byte`, and who says so.
[[nodiscard]] std::string describe(const limit& which);

/// How to give a limit another value: `set `proxy_read_timeout 60s;` here`.
[[nodiscard]] std::string raise_text(const hop& of, const limit& which, milliseconds to);

/// The next duration at or above `least` that people would write: 15s, 45s, 2m, 1h.
[[nodiscard]] milliseconds round_up(milliseconds least);

/// `heartbeat.interval: 8s`, with the route if the key is a route's own.
[[nodiscard]] std::string key_text(const route_heartbeat& of, std::string_view key,
                                   milliseconds value);

/// Adds a place of gateway.yaml with its explanation; of a default, which has no place, the primary
/// label tells. The same place is added once.
void explain(diagnostic& what, const provenance& from, const std::string& text);

/// Where the gateway listens: `127.0.0.1:8081` or `[::1]:8081`, in backticks.
[[nodiscard]] std::string listener_addresses(const configuration& values);

/// Adds the listener that a proxy leads to: its `key`, if the user has written it, else its
/// address.
void point_at_listener(diagnostic& what, const load_result& loaded, std::size_t listener,
                       std::string_view key);

/// Adds the address of each listener that the user has written.
void point_at_listeners(diagnostic& what, const load_result& loaded);

/// PG318 of a line that leads to something which may be a proxy further in.
[[nodiscard]] diagnostic may_lead_to_unseen(const span& line, const hop& behind);

/// A limit that several passages share, which is one thing to mend.
struct shared_limit {
    const limit* which;
    std::vector<const route_heartbeat*> heartbeats; // that it concerns
};

/// The limit of another kind that the same option sets at the same place, such as that of silence
/// for one of idleness; null if there is none.
[[nodiscard]] const limit* twin_of(const hop& of, const limit& which, limit_kind kind);

/// True of one of plain HTTP that has a twin of the same value among those of WebSockets: what is
/// said of that one holds for both.
[[nodiscard]] bool is_told_by_twin(const hop& of, const limit& http);

/// The limits of one kind, those with the same place together.
[[nodiscard]] std::vector<shared_limit>
shared_limits(const hop& of, limit_kind kind, const std::vector<route_heartbeat>& heartbeats);

/// Those of them that want a cure of their own: not a limit that a shorter one stands for, since
/// the same setting replaces both.
[[nodiscard]] std::vector<shared_limit>
limits_to_mend(const hop& of, limit_kind kind, const std::vector<route_heartbeat>& heartbeats);

/// \param worst  of the heartbeats that the limit concerns, the one that it leaves least.
[[nodiscard]] std::string idle_cure(const hop& of, const limit& idle, const route_heartbeat& worst);

[[nodiscard]] std::string life_cure(const hop& of, const limit& life, const configuration& values);

} // namespace pulsegate
