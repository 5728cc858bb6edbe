// The request headers in which proxies tell a client's address, read from the right: what a client
// itself wrote stands on the left and cannot change what the proxies added. Pure.
#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

/// How such a header is written.
enum class address_header_form : std::uint8_t {
    list,      // X-Forwarded-For: every proxy appends the peer that it saw
    single,    // CF-Connecting-IP, X-Real-IP and the like: one address, set by one proxy
    forwarded, // Forwarded: a list of elements with `for=` (RFC 7239)
};

/// As the header's name tells.
[[nodiscard]] address_header_form address_header_form_of(std::string_view name);

/// The entries of a header from right to left.
class address_header_walk {
public:
    /// \param value  the header's values joined by commas; must outlive this object.
    address_header_walk(address_header_form form, std::string_view value)
        : form_(form), rest_(value) {}

    /// The next address to the left. Nothing at the end, and nothing from the first entry on that
    /// is no address: `unknown`, an obfuscated identifier (RFC 7239 §6.2, §6.3), or nonsense.
    [[nodiscard]] std::optional<ip_address> next();

private:
    [[nodiscard]] std::string_view take_entry();

    const address_header_form form_;
    std::string_view rest_; // to the left of what was taken
};

/// An element for Forwarded: `for=192.0.2.1;proto=http`, `for="[2001:db8::1]";proto=https`.
[[nodiscard]] std::string forwarded_element(const ip_address& client, std::string_view proto);

} // namespace pulsegate
