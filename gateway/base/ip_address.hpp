// IP addresses and blocks of them as plain values (IPv4 is kept as IPv4-mapped IPv6). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate {

class ip_address {
public:
    /// Reads `203.0.113.7` or `2001:db8::1`; no brackets, no port, no zone.
    [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);

    /// From bytes in network order.
    [[nodiscard]] static ip_address of_v4(std::span<const std::uint8_t, 4> bytes);
    [[nodiscard]] static ip_address of_v6(std::span<const std::uint8_t, 16> bytes);

    /// As the field writes it; an IPv4-mapped address is written as IPv4.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] bool is_v4() const;

    /// 127.0.0.0/8 or ::1.
    [[nodiscard]] bool is_loopback() const;

    /// True if the first `bits` bits are those of `other`; bits count from the IPv6 form, 0 to 128.
    [[nodiscard]] bool shares_prefix(const ip_address& other, unsigned bits) const;

    /// The same address with all bits after the first `bits` cleared; counted like those of
    /// shares_prefix().
    [[nodiscard]] ip_address prefix(unsigned bits) const;

    /// In network order; of IPv4 the mapped form.
    [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    friend bool operator==(const ip_address&, const ip_address&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

struct ip_block {
    ip_address network;
    unsigned prefix_bits = 0; // of the IPv6 form: 96 more than an IPv4 prefix

    /// \param prefix_bits  as written: 0 to 32 for IPv4, 0 to 128 for IPv6.
    [[nodiscard]] static ip_block of(const ip_address& network, unsigned prefix_bits) {
        return {network, prefix_bits + (network.is_v4() ? 96 : 0)};
    }
    [[nodiscard]] bool contains(const ip_address& address) const {
        return address.shares_prefix(network, prefix_bits);
    }
};

} // namespace pulsegate
