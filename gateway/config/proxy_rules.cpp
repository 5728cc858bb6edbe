#include "base/quoted.hpp"
#include "config/rules.hpp"

#include <array>

namespace pulsegate {
namespace {

/// The keys of an entry that say what kind of proxy it is.
constexpr std::array<std::string_view, 3> proxy_kinds{"preset", "nginx.config", "haproxy.config"};
constexpr std::array<std::string_view, 6> figures{"idle",  "lifetime",   "silence",
                                                  "total", "keep_alive", "resets"};

std::string key_of(std::string_view path) {
    return std::string(path.substr(0, path.find('.')));
}

/// The entry at a path, with what was set in it.
class entry {
public:
    entry(const reading& in, std::size_t index)
        : in_(in), path_("proxies[" + std::to_string(index) + ']') {}

    [[nodiscard]] const origin* find(std::string_view key) const {
        return in_.find(path_ + '.' + std::string(key));
    }
    /// False if something in it is of the wrong kind, which was reported.
    [[nodiscard]] bool is_readable() const {
        const auto is_bad = [](const origin* at) { return at != nullptr && !at->is_good; };
        return !is_bad(in_.find(path_)) && !is_bad(find("nginx")) && !is_bad(find("haproxy"));
    }
    [[nodiscard]] const span& where() const { return in_.find(path_)->value; }

private:
    const reading& in_;
    std::string path_;
};

/// The first two of some keys that are set.
template <std::size_t Size>
std::pair<std::string_view, std::string_view>
first_two(const entry& of, const std::array<std::string_view, Size>& keys) {
    std::pair<std::string_view, std::string_view> found;
    for (const std::string_view key : keys)
        if (of.find(key) != nullptr && found.second.empty())
            (found.first.empty() ? found.first : found.second) = key;
    return found;
}

/// False after reporting an entry that is described twice, or not at all.
bool has_one_description(reading& in, const entry& proxy) {
    const auto [kind, second] = first_two(proxy, proxy_kinds);
    const std::string_view figure = first_two(proxy, figures).first;
    const bool is_file = kind.ends_with(".config");
    if (!second.empty() || (is_file && !figure.empty())) {
        const std::string_view other = second.empty() ? figure : second;
        in.report({code::unclear_proxy,
                   quoted(key_of(other)) + " does not go with " + quoted(key_of(kind)),
                   {proxy.find(other)->value, "this would have no effect"},
                   {{proxy.find(kind)->value, "this describes the proxy"}},
                   is_file && second.empty() ? "remove it: the figures are read from the file"
                                             : "keep one of the two, or make two entries"});
        return false;
    }
    if (kind.empty() && (figure.empty() || figure == "resets")) {
        in.report(code::unclear_proxy,
                  {proxy.where(), "says nothing of when this proxy ends connections"},
                  "this proxy is not described",
                  "add `preset`, `nginx`, `haproxy`, or `name` with `idle` or `lifetime`");
        return false;
    }
    if (kind.empty() && proxy.find("name") == nullptr) {
        in.report(code::missing_key, {proxy.where(), "has no `name`"},
                  "a proxy that is described by figures has no name", "add `name: my proxy`");
        return false;
    }
    return true;
}

const span& place_of_name(const entry& proxy) {
    if (const origin* const name = proxy.find("name"))
        return name->value;
    return proxy.find(first_two(proxy, proxy_kinds).first)->value;
}

} // namespace

void check_proxies(reading& in, const configuration& values) {
    std::map<std::string, std::size_t> first_of;
    for (std::size_t i = 0; i < values.proxies.size(); ++i) {
        const entry proxy(in, i);
        if (!proxy.is_readable() || !has_one_description(in, proxy))
            continue;
        const std::string name = values.proxies[i].shown_name();
        const auto [first, is_new] = first_of.emplace(name, i);
        if (!is_new)
            in.report({code::repeated_proxy,
                       "two proxies are called " + quoted(name),
                       {place_of_name(proxy), ""},
                       {{place_of_name(entry(in, first->second)), "first used here"}},
                       "give one of them another `name`"});
    }
}

} // namespace pulsegate
