// Who is the client? Behind reverse proxies the peer is the last proxy, and the client's address
// stands in a header that only trusted proxies are believed about. Pure.
#pragma once

#include "base/ip_address.hpp"
#include "client/address_header.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

[[nodiscard]] bool is_trusted(const ip_address& address, std::span<const ip_block> trusted);

/// The client's address: from the peer on, and then from right to left through the header, the
/// first address that is not a trusted proxy's. What stands to the left of it may be forged.
/// \param peer    who is connected to the gateway; nothing behind a Unix socket, which is trusted.
/// \param header  where to look further, with nothing taken from it yet.
/// Returns nothing only if there is no peer and the header tells no address.
[[nodiscard]] std::optional<ip_address> client_address(const std::optional<ip_address>& peer,
                                                       address_header_walk header,
                                                       std::span<const ip_block> trusted);

} // namespace pulsegate
