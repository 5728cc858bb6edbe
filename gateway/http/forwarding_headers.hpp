// What the application is told of the client: the forwarding headers of a request. No socket here.
#pragma once

#include "base/ip_address.hpp"
#include "http/upgrade.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

/// Reads the client's address from the header that the configuration names.
[[nodiscard]] std::optional<ip_address> read_client_address(const upgrade_request& request,
                                                            std::string_view header_name,
                                                            const client_facts& facts,
                                                            std::span<const ip_block> trusted);

/// Turns the headers of a client's request into what the application may believe. A trusted peer's
/// lists get the peer's address appended; a stranger's headers about clients are dropped. Then
/// X-Forwarded-For, X-Forwarded-Proto, X-Real-IP, X-Request-Id and Pulsegate-Connection-Id are
/// there, and Forwarded (RFC 7239) where it is in use: extended if it came from a trusted peer, and
/// written if the configuration names it.
/// \param header_name  the configuration's `client_ip_header`.
void set_forwarding_headers(upgrade_request& request, const client_facts& facts,
                            std::string_view header_name);

} // namespace pulsegate
