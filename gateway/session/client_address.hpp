// Who is the client? Behind reverse proxies the peer is the last proxy, and the client's address
// stands in a header that only trusted proxies are believed about. Pure.
#pragma once

#include "base/ip_address.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

[[nodiscard]] bool is_trusted(const ip_address& address, std::span<const ip_block> trusted);

/// The client's address as told by a list such as X-Forwarded-For, where every proxy appends the
/// peer that it saw: from the right, the first address that is not a trusted proxy. What stands to
/// the left of it may be forged. \param peer     who is connected to the gateway. \param header the
/// header's values joined by commas; empty if absent. An entry that is no address ends the walk.
[[nodiscard]] ip_address client_address(const ip_address& peer, std::string_view header,
                                        std::span<const ip_block> trusted);

} // namespace pulsegate
