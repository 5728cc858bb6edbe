// What HAProxy's conditions (configuration.txt section 7) say of the request that opens a
// WebSocket: met, not met, or met for some. Pure.
#pragma once

#include "alignment/haproxy/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// Which requests, by how their path begins. A list of none admits all.
struct haproxy_paths {
    std::vector<std::string> under;     // one of these
    std::vector<std::string> not_under; // and none of these
};

/// Of a condition.
struct haproxy_verdict {
    enum class truths : std::uint8_t {
        no,    // met by no WebSocket, or by no plain request, as the view says
        maybe, // by those with such a path, or by some of them: the file does not tell
        yes,   // by every one
    };

    truths truth = truths::maybe;
    haproxy_paths paths;     // of `maybe`: met by no other
    bool is_exact = false;   // of `maybe`: met by all of those
    bool is_by_path = false; // of `maybe`: the path alone decides
};

/// What every WebSocket meets, or none.
[[nodiscard]] haproxy_verdict certain(bool is_met);

/// What is known of the place where a condition stands, and of the requests that come there.
struct haproxy_view {
    const haproxy_acls& acls;
    std::optional<bool> is_tls; // whether clients come by TLS; nothing: some do
    bool is_path_kept = true;   // else the path is not the client's any more
    bool is_plain = false;      // requests that are no handshakes for a WebSocket
};

[[nodiscard]] haproxy_verdict judge_haproxy_condition(const haproxy_condition& when,
                                                      const haproxy_view& from);

/// The names of ACLs in a condition that neither these nor HAProxy itself defines.
[[nodiscard]] std::vector<haproxy_word> unknown_haproxy_acls(const haproxy_condition& when,
                                                             const haproxy_acls& acls);

/// Takes `if …` or `unless …` off the end of a line's words.
/// \param from  the first word at which it may begin.
[[nodiscard]] haproxy_condition take_haproxy_condition(std::vector<haproxy_word>& words,
                                                       std::size_t from);

/// Both lists of requests at once; nothing if no request is in both.
[[nodiscard]] std::optional<haproxy_paths> both_of(const haproxy_paths& a, const haproxy_paths& b);

/// What is left of some requests once those that meet a condition are gone; nothing if none is.
[[nodiscard]] std::optional<haproxy_paths> left_over(const haproxy_paths& of,
                                                     const haproxy_verdict& gone);

/// True if every path under `path` is out of the list.
[[nodiscard]] bool excludes(const haproxy_paths& paths, std::string_view path);

} // namespace pulsegate
