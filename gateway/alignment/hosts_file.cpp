#include "alignment/hosts_file.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

struct usual_name {
    std::string_view name;
    std::string_view v4; // "": none
    std::string_view v6;
};
constexpr std::array usual_names{
    usual_name{"localhost", "127.0.0.1", "::1"},
    usual_name{"localhost.localdomain", "127.0.0.1", "::1"},
    usual_name{"localhost4", "127.0.0.1", ""},
    usual_name{"localhost6", "", "::1"},
    usual_name{"ip6-localhost", "", "::1"},
    usual_name{"ip6-loopback", "", "::1"},
};

/// The next word of a line, which is taken off its front; empty at its end.
std::string_view take_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

} // namespace

hosts_file hosts_file::parse(std::string_view text) {
    hosts_file table;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const auto address = ip_address::parse(take_word(line));
        for (auto name = take_word(line); address && !name.empty(); name = take_word(line))
            table.by_name_[lower_case(name)].push_back(*address);
    }
    return table;
}

std::vector<ip_address> hosts_file::addresses(std::string_view name) const {
    if (name.ends_with('.')) // the root of all names
        name.remove_suffix(1);
    std::vector<ip_address> found;
    for (const usual_name& each : usual_names)
        if (equals_ignoring_case(each.name, name))
            for (const std::string_view text : {each.v4, each.v6})
                if (const auto address = ip_address::parse(text))
                    found.push_back(*address);
    if (const auto own = by_name_.find(lower_case(name)); own != by_name_.end())
        found.insert(found.end(), own->second.begin(), own->second.end());
    return found;
}

} // namespace pulsegate
