// The addresses from which large providers connect to the servers behind them. Pure.
#pragma once

#include "config/configuration.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

/// As written in `trusted_proxies`.
[[nodiscard]] std::string_view name_of(address_provider provider);
[[nodiscard]] std::optional<address_provider> find_provider(std::string_view name);
[[nodiscard]] std::span<const std::string_view> provider_names();

/// Its blocks of addresses in CIDR notation.
[[nodiscard]] std::span<const std::string_view> addresses_of(address_provider provider);

} // namespace pulsegate
