#include "alignment/hop.hpp"

#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace pulsegate {
namespace {

bool is_wildcard(std::string_view host) {
    return host == "0.0.0.0" || host == "::";
}

/// Where a connection to a wildcard goes: connect(2) takes it for the loopback address.
std::string_view connected_host(std::string_view target) {
    return target == "0.0.0.0" ? "127.0.0.1" : target == "::" ? "::1" : target;
}

bool reaches_host(std::string_view target, std::string_view listener, const hosts_file& names) {
    if (is_wildcard(listener))
        return true;
    const auto at = ip_address::parse(listener);
    if (!at)
        return equals_ignoring_case(target, listener);
    if (const auto to = ip_address::parse(connected_host(target)))
        return *to == *at;
    const auto known = names.addresses(target);
    if (std::find(known.begin(), known.end(), *at) != known.end())
        return true;
    // Another machine may know the name by another address, unless it is one for itself.
    return !at->is_loopback() && hosts_file().addresses(target).empty();
}

} // namespace

std::string_view to_string(limit_kind kind) {
    constexpr std::array<std::string_view, 7> names{
        "idle",       "life",           "life after a reload", "HTTP silence", "HTTP first byte",
        "HTTP total", "HTTP keep-alive"};
    return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(idle_reset resets) {
    constexpr std::array<std::string_view, 3> names{"any", "to_client", "to_gateway"};
    return names.at(static_cast<std::size_t>(resets));
}

std::string_view to_string(confidence sure) {
    constexpr std::array<std::string_view, 4> names{"source code", "documented", "reported",
                                                    "assumed"};
    return names.at(static_cast<std::size_t>(sure));
}

std::string setting_text(const limit& which, milliseconds value) {
    std::string text = which.setting;
    if (const std::size_t at = text.find("{}"); at != std::string::npos)
        text.replace(at, 2, std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count()));
    return text;
}

bool reaches(const socket_address& target, const socket_address& listener,
             const hosts_file& names) {
    if (target.index() != listener.index())
        return false;
    const auto* const to = std::get_if<tcp_address>(&target);
    if (!to)
        return target == listener;
    const auto& at = std::get<tcp_address>(listener);
    return to->port != 0 && to->port == at.port && reaches_host(to->host, at.host, names);
}

bool may_reach(const socket_address& target, const socket_address& listener,
               const hosts_file& names) {
    const auto* const to = std::get_if<tcp_address>(&target);
    const auto* const at = std::get_if<tcp_address>(&listener);
    return to != nullptr && at != nullptr && to->port == at->port && !ip_address::parse(to->host) &&
           names.addresses(to->host).empty();
}

std::optional<std::size_t> reached_listener(const socket_address& target,
                                            std::span<const socket_address> listeners,
                                            const hosts_file& names) {
    const auto found =
        std::find_if(listeners.begin(), listeners.end(),
                     [&](const socket_address& each) { return reaches(target, each, names); });
    if (found == listeners.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - listeners.begin());
}

} // namespace pulsegate
