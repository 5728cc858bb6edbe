// The names of /etc/hosts, by which a proxy on this machine may name the gateway. Pure.
#pragma once

#include "base/ip_address.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// What names are known to mean without asking a name server. `localhost` and the usual names of
/// the loopback addresses are known in every table. Case makes no difference.
class hosts_file {
public:
    hosts_file() = default;

    /// Reads the text of /etc/hosts (hosts(5)); lines without an address are left out.
    [[nodiscard]] static hosts_file parse(std::string_view text);

    /// All addresses of a name; empty if nothing is known of it.
    [[nodiscard]] std::vector<ip_address> addresses(std::string_view name) const;

private:
    std::map<std::string, std::vector<ip_address>> by_name_; // in lower case
};

} // namespace pulsegate
