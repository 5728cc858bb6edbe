#include "http/extensions.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

constexpr std::array<std::string_view, 2> relayed{"permessage-deflate", "bbf-usp-protocol"};

std::string_view trim(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Takes the next element off a list; its parameters may have commas in quotes.
std::string_view take_offer(std::string_view& rest) {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (is_quoted || rest[end] != ','); ++end) {
        if (rest[end] == '"')
            is_quoted = !is_quoted;
        else if (is_quoted && rest[end] == '\\')
            ++end;
    }
    const std::string_view offer = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trim(offer);
}

} // namespace

std::string relayed_offers(std::string_view offered) {
    std::string kept;
    while (!offered.empty()) {
        const std::string_view offer = take_offer(offered);
        const std::string_view name = trim(offer.substr(0, offer.find(';')));
        const bool passes = std::any_of(relayed.begin(), relayed.end(), [&](std::string_view each) {
            return equals_ignoring_case(name, each);
        });
        if (passes)
            kept.append(kept.empty() ? "" : ", ").append(offer);
    }
    return kept;
}

} // namespace pulsegate
