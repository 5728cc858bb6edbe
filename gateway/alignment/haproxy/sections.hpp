// The sections of a haproxy.cfg: configuration.txt sections 3 and 4. Pure.
#pragma once

#include "alignment/haproxy/lines.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

struct haproxy_section {
    enum class kinds : std::uint8_t {
        global,
        defaults,
        frontend,
        backend,
        listen,
        other, // peers, resolvers, userlist, cache …: nothing in them ends a WebSocket
    };

    kinds kind = kinds::other;
    std::string name;                 // empty if it has none
    std::optional<haproxy_word> from; // the `defaults` section that it names
    haproxy_line head;
    std::vector<haproxy_line> lines;
};

/// \param problems  receives hop_code::haproxy_syntax for the first line before any section and for
/// heads
///                  that HAProxy rejects; such a section is in the result all the same.
[[nodiscard]] std::vector<haproxy_section>
split_haproxy_sections(std::span<const haproxy_line> lines, std::vector<diagnostic>& problems);

} // namespace pulsegate
