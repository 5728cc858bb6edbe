// Header fields whose values are lists of words (RFC 9110 §5.6.1), and those that belong to one
// connection only (§7.6.1). No socket here.
#pragma once

#include <boost/beast/http/fields.hpp>

#include <string>
#include <string_view>

namespace pulsegate {

namespace http = boost::beast::http;

/// All values of a header, joined by commas; "" if it is not there.
[[nodiscard]] std::string joined(const http::fields& headers, std::string_view name);

/// The next element of a list that is separated by commas, without space around it; what is left of
/// the list stays in `rest`. \pre `rest` is not empty.
[[nodiscard]] std::string_view next_element(std::string_view& rest);

/// True if one element of the list is this word and nothing else, whatever its case. Beast reads a
/// list of tokens up to what is none: `websocket x` would be `websocket`, and `h2c/1, websocket`
/// (RFC 9110 §7.8) would not.
[[nodiscard]] bool has_element(const http::fields& headers, std::string_view name,
                               std::string_view word);

/// Takes away what concerns the connection alone on which a message came, by its name.
void erase_hop_by_hop(http::fields& headers);

/// Takes away what `Connection` names, but for what the gateway itself or the handshake needs.
void erase_named_in_connection(http::fields& headers);

} // namespace pulsegate
