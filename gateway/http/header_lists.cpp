#include "http/header_lists.hpp"

#include "client/identity_headers.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using boost::beast::iequals;
using http::field;

// RFC 9110 §7.6.1, and what Connection names; Sec-WebSocket-* travels on: both legs speak one
// handshake.
constexpr std::array hop_by_hop{field::connection,
                                field::keep_alive,
                                field::proxy_connection,
                                field::proxy_authenticate,
                                field::proxy_authorization,
                                field::te,
                                field::trailer,
                                field::transfer_encoding,
                                field::upgrade};

/// True for headers that whoever speaks the handshake needs: RFC 9110 §7.6.1 forbids to name such
/// headers in Connection, and without them an upgrade that was let in would be none any more.
bool belongs_to_handshake(std::string_view name) {
    constexpr std::string_view family = "Sec-WebSocket-";
    return iequals(name, "Host") || iequals(name.substr(0, family.size()), family);
}

} // namespace

std::string joined(const http::fields& headers, std::string_view name) {
    std::string all;
    const auto [first, last] = headers.equal_range(name);
    for (auto at = first; at != last; ++at) {
        if (!all.empty())
            all += ", ";
        all += std::string_view(at->value());
    }
    return all;
}

std::string_view next_element(std::string_view& rest) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    return one.substr(0, one.find_last_not_of(" \t") + 1);
}

bool has_element(const http::fields& headers, std::string_view name, std::string_view word) {
    const std::string all = joined(headers, name);
    for (std::string_view rest = all; !rest.empty();)
        if (iequals(next_element(rest), word))
            return true;
    return false;
}

void erase_hop_by_hop(http::fields& headers) {
    for (const field name : hop_by_hop)
        headers.erase(name);
}

/// One look-up for each name in Connection, of which there may be 30,000 in 60 KiB, and none of
/// them twice: the fields are sorted, and those that are there are at most `limits.headers`.
void erase_named_in_connection(http::fields& headers) {
    const std::string connection = joined(headers, "Connection");
    for (std::string_view rest = connection; !rest.empty();) {
        const std::string_view name = next_element(rest);
        // Else a client could take away what was checked already.
        if (headers.find(name) != headers.end() && !tells_of_client(name) &&
            !belongs_to_handshake(name))
            headers.erase(name);
    }
}

} // namespace pulsegate
