// PG170: limits.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::limit_never_reached, "PG170", severity::warning,
             "a limit that cannot be reached",
             "The limit of one client is above that of all clients together, so it never takes\n"
             "effect. Often a digit too many, or the two numbers swapped.",
             "limits:\n  connections: 500\n  connections_per_client: 1000\n",
             "limits:\n  connections: 1000\n  connections_per_client: 500\n",
             "gateway.yaml, the documented default"},
};

} // namespace

std::span<const code_row> limit_codes() {
    return rows;
}

} // namespace pulsegate
