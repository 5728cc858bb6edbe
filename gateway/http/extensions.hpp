// Extensions of WebSocket (RFC 6455 §9): which of a client's offers reach the application. Pure.
#pragma once

#include <string>
#include <string_view>

namespace pulsegate {

/// The offers whose frames pass through the gateway, with their parameters; "" if there are none.
/// Those are all that IANA has registered: permessage-deflate, whose reserved bit the gateway
/// knows, and bbf-usp-protocol, which uses none. The frames of others, such as
/// x-webkit-deflate-frame, break the rules of RFC 6455 §5.2, which would end the session.
/// \param offered  the values of Sec-WebSocket-Extensions, joined by commas.
[[nodiscard]] std::string relayed_offers(std::string_view offered);

} // namespace pulsegate
