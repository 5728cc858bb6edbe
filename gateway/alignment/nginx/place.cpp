#include "alignment/nginx/place.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using kinds = nginx_location_name::kinds;

bool is_place(const nginx_directive& block) {
    return block.is_block &&
           (block.name() == "location" || block.name() == "if" || block.name() == "limit_except");
}

/// One run of choose_location().
class chooser {
public:
    explicit chooser(const std::string& uri) : uri_(uri) {}

    struct outcome {
        std::vector<nginx_choice> choices; // empty: no location of this level
        bool is_final = false;             // by an exact name or a regular expression
    };

    /// Source: ngx_http_core_find_location().
    outcome choose(const nginx_place& around) const {
        outcome found;
        const nginx_place* longest = nullptr;
        std::size_t length = 0;
        const nginx_place* redirecting = nullptr;
        for (const auto& each : around.inner) {
            const nginx_location_name name = location_name(each->block());
            if (name.is_regex() || name.kind == kinds::named || each->block().name() != "location")
                continue;
            if (name.kind == kinds::exact && name.text == uri_)
                return {{{each.get(), {}, false}}, true};
            if (redirects_to(*each, name.text))
                redirecting = each.get();
            if (name.is_prefix() && uri_.starts_with(name.text) &&
                (longest == nullptr || length < name.text.size())) {
                longest = each.get();
                length = name.text.size();
            }
        }
        if (redirecting != nullptr && (longest == nullptr || length < uri_.size()))
            return {{{redirecting, {}, true}}, true};
        bool tries_patterns = true;
        if (longest != nullptr) {
            tries_patterns = location_name(longest->block()).kind != kinds::only_prefix;
            found = choose(*longest);
            if (found.is_final)
                return found;
            if (found.choices.empty())
                found.choices.push_back({longest, {}, false});
        }
        if (tries_patterns)
            try_patterns(around, found);
        return found;
    }

private:
    /// A location for `/x/` that proxies sends `/x` there.
    [[nodiscard]] bool redirects_to(const nginx_place& place, std::string_view name) const {
        constexpr std::array<std::string_view, 6> handlers{
            "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"};
        return name.ends_with('/') && name.size() == uri_.size() + 1 && name.starts_with(uri_) &&
               std::any_of(place.block().children.begin(), place.block().children.end(),
                           [&](const nginx_directive& each) {
                               return std::find(handlers.begin(), handlers.end(), each.name()) !=
                                      handlers.end();
                           });
    }

    void try_patterns(const nginx_place& around, outcome& found) const {
        std::vector<nginx_choice> unclear;
        for (const auto& each : around.inner) {
            if (each->pattern == nullptr)
                continue;
            nginx_captures captures;
            const answer is_match = each->pattern->matches(uri_, &captures);
            if (is_match == answer::no)
                continue;
            outcome inner = choose(*each);
            if (inner.choices.empty())
                inner.choices.push_back({each.get(), captures, false});
            if (is_match == answer::yes) {
                found = std::move(inner);
                found.is_final = true;
                break;
            }
            unclear.insert(unclear.end(), inner.choices.begin(), inner.choices.end());
        }
        found.choices.insert(found.choices.end(), unclear.begin(), unclear.end());
    }

    const std::string& uri_;
};

void add_all(const nginx_place& around, std::vector<nginx_choice>& into) {
    for (const auto& each : around.inner)
        if (each->block().name() == "location" &&
            location_name(each->block()).kind != kinds::named) {
            into.push_back({each.get(), {}, false});
            add_all(*each, into);
        }
}

} // namespace

nginx_place::nginx_place(const nginx_directive& block, const nginx_level& around,
                         const nginx_place* in)
    : level(block, &around), outer(in) {
    if (block.name() == "location")
        if (const nginx_location_name name = location_name(block); name.is_regex())
            pattern =
                std::make_unique<nginx_pattern>(name.text, name.kind == kinds::regex_ignoring_case);
    for (const nginx_directive& each : block.children)
        if (is_place(each))
            inner.push_back(std::make_unique<nginx_place>(each, level, this));
}

const nginx_place& nginx_place::settings() const {
    const nginx_place* place = this;
    while (place->level.is_condition() && place->outer != nullptr)
        place = place->outer;
    return *place;
}

const nginx_place& nginx_place::server() const {
    const nginx_place* place = this;
    while (place->outer != nullptr)
        place = place->outer;
    return *place;
}

const nginx_place* nginx_place::find(const nginx_directive& inner_block) const {
    const auto found = std::find_if(inner.begin(), inner.end(), [&](const auto& each) {
        return &each->block() == &inner_block;
    });
    return found == inner.end() ? nullptr : found->get();
}

nginx_location_name location_name(const nginx_directive& location) {
    std::string_view text = location.argument(0);
    struct modifier {
        std::string_view text;
        kinds kind;
    };
    constexpr std::array<modifier, 4> modifiers{{{"^~", kinds::only_prefix},
                                                 {"~*", kinds::regex_ignoring_case},
                                                 {"~", kinds::regex},
                                                 {"=", kinds::exact}}};
    for (const modifier& each : modifiers) {
        if (location.arguments() >= 2 && text == each.text)
            return {each.kind, location.argument(1)};
        // The modifier may be joined to the path: `=/ws`.
        if (location.arguments() == 1 && text.starts_with(each.text))
            return {each.kind, text.substr(each.text.size())};
    }
    return {text.starts_with('@') ? kinds::named : kinds::prefix, text};
}

std::vector<nginx_choice> choose_location(const nginx_place& server,
                                          const std::optional<std::string>& uri) {
    std::vector<nginx_choice> choices;
    if (uri)
        choices = chooser(*uri).choose(server).choices;
    else
        add_all(server, choices);
    if (choices.empty())
        choices.push_back({&server, {}, false});
    return choices;
}

const nginx_place* find_named_location(const nginx_place& server, std::string_view name) {
    for (const auto& each : server.inner)
        if (each->block().name() == "location" && each->block().argument(0) == name)
            return each.get();
    return nullptr;
}

} // namespace pulsegate
