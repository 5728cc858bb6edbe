#include "alignment/cuts/finding.hpp"

#include "base/duration.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

std::string in_seconds(duration value) {
    std::array<char, 32> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.1f s",
                                     std::chrono::duration<double>(value).count());
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string roughly(duration value) {
    if (value < 2min)
        return std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count()) + " s";
    if (value < 2h)
        return std::to_string(std::chrono::round<std::chrono::minutes>(value).count()) + " min";
    return std::to_string(std::chrono::round<std::chrono::hours>(value).count()) + " h";
}

/// As it would be set: proxies have their limits in whole seconds, mostly.
milliseconds limit_near(duration figure) {
    const auto exact = std::chrono::round<milliseconds>(figure);
    const auto whole = std::chrono::round<std::chrono::seconds>(figure);
    return std::chrono::abs(exact - whole) <= usual_tolerance ? whole : exact;
}

std::string list(const std::vector<std::string_view>& names) {
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        text += (i == 0 ? "" : ", ") + std::string(names[i]);
    return names.size() > most ? text + " and others" : text;
}

} // namespace

duration cut_finding::window::margin() const {
    return std::max<duration>((high - low) / 2, 50ms);
}

bool cut_finding::window::holds(const loss& one) const {
    const auto value = read(by, one);
    return value && *value >= low - margin() && *value <= high + margin();
}

bool cut_finding::holds(const loss& one) const {
    return who.concerns(one) && std::any_of(windows.begin(), windows.end(),
                                            [&](const window& each) { return each.holds(one); });
}

std::string text_of(const cut_finding& found) {
    if (found.is_burst())
        return std::to_string(found.burst_cuts) + " connections within " +
               in_seconds(found.figure) + ", at unrelated idle times and ages: looks like " +
               found.who.verdict;
    return (found.who.kind == limit_kind::life ? "age " : "idle ") + in_seconds(found.figure) +
           ", " + std::to_string(found.cuts) + " times in " + roughly(found.last - found.first) +
           ": looks like " + found.who.verdict;
}

suspect undeclared_suspect(limit_kind kind, duration figure) {
    const milliseconds value = limit_near(figure);
    suspect made{.hop = std::string(undeclared_hop), .kind = kind, .value = value};
    made.tolerance = usual_tolerance;
    made.verdict = "a limit of a proxy that is not declared, or of the clients themselves";
    const auto names = presets_with(kind, value);
    if (!names.empty())
        made.verdict += "; such a one is usual for " + list(names);
    made.help = std::string("if it is a proxy, add `- { name: unknown proxy, ") +
                (kind == limit_kind::life ? "lifetime: " : "idle: ") + format_duration(value) +
                " }` to `proxies`: `pulsegate check` then says what fits";
    return made;
}

suspect suspect_of(const recycler& who) {
    suspect made{.hop = who.hop, .option = who.option, .kind = limit_kind::reload};
    made.verdict = who.verdict;
    made.where = who.where;
    made.help = who.help;
    return made;
}

} // namespace pulsegate
