#include "alignment/nginx/variables.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <optional>

namespace pulsegate {
namespace {

// Far past any configuration that works; against variables that are made of each other.
constexpr std::size_t most_values = 64;
constexpr std::size_t deepest_lookup = 8;
constexpr std::size_t most_lookups = 4096;
constexpr std::size_t longest_word = 4096; // bytes; Nginx reads no longer words
constexpr std::size_t deepest_block = 64;  // inside each other

void add_once(std::vector<std::string>& values, std::string value) {
    if (std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(std::move(value));
}

/// Lines of a `map` or a `geo` that are no entries.
bool is_parameter(const nginx_directive& entry, const nginx_directive& map) {
    return entry.arguments() != 1 || // `hostnames`, `volatile`, `ranges`
           (map.name() == "geo" && (entry.name() == "proxy" || entry.name() == "delete"));
}

/// The results of a `map`, without duplicates; empty if there are too many.
std::vector<std::string> results_of(const nginx_directive& map) {
    std::vector<std::string> results;
    bool has_default = map.name() == "split_clients";
    for (const nginx_directive& entry : map.children) {
        if (is_parameter(entry, map))
            continue;
        has_default |= entry.name() == "default";
        add_once(results, std::string(entry.argument(0)));
        if (results.size() > most_values)
            return {};
    }
    if (!has_default)
        add_once(results, "");
    return results;
}

bool sets(const nginx_directive& directive, std::string_view name) {
    return directive.name() == "set" && directive.arguments() == 2 &&
           directive.argument(0).starts_with('$') &&
           equals_ignoring_case(directive.argument(0).substr(1), name);
}

/// Carries out the `set`s of one block: an unconditional one leaves only its own value.
void run_sets(const nginx_level& level, std::string_view name, std::vector<std::string>& values) {
    for (const nginx_directive* each : level.own()) {
        if (each->is_block) {
            for (const nginx_directive& inner : each->children)
                if (sets(inner, name))
                    add_once(values, std::string(inner.argument(1)));
        } else if (sets(*each, name)) {
            values.assign(1, std::string(each->argument(1)));
        }
    }
}

/// The values that `set` gives a variable. Those of a server run first, then those of the location
/// itself; a location around it has no say.
std::vector<std::string> set_values(std::string_view name, const nginx_level& where) {
    std::vector<const nginx_level*> in_force;
    bool has_location = false;
    for (const nginx_level* level = &where; level; level = level->outer()) {
        const bool is_location = level->block().name() == "location";
        if (!is_location || !has_location)
            in_force.push_back(level);
        has_location |= is_location;
    }
    std::vector<std::string> values;
    for (auto level = in_force.rbegin(); level != in_force.rend(); ++level)
        run_sets(**level, name, values);
    return values;
}

/// One run of possible_values().
class expansion {
public:
    using lookup = std::function<std::vector<std::string>(std::string_view name)>;

    explicit expansion(lookup values_of) : values_of_(std::move(values_of)) {}

    std::vector<std::string> expand(std::string_view text, std::size_t depth) {
        if (text.size() > longest_word)
            return {std::string(text)};
        std::vector<std::string> texts{""};
        std::size_t at = 0;
        for (nginx_variable next = find_nginx_variable(text); next.length > 0;
             next = find_nginx_variable(text, at)) {
            append(texts, {std::string(text.substr(at, next.offset - at))});
            std::vector<std::string> values = values_of(next.name, depth);
            if (values.empty() || values.size() * texts.size() > most_values)
                values = {std::string(text.substr(next.offset, next.length))};
            append(texts, values);
            at = next.offset + next.length;
        }
        append(texts, {std::string(text.substr(at))});
        return texts;
    }

private:
    std::vector<std::string> values_of(std::string_view name, std::size_t depth) {
        std::vector<std::string> values;
        if (depth == deepest_lookup)
            return values;
        for (const std::string& each : values_of_(name)) {
            if (++steps_ > most_lookups)
                return {};
            for (std::string& value : expand(each, depth + 1))
                add_once(values, std::move(value));
            if (values.size() > most_values)
                return {};
        }
        return values;
    }

    /// Every text with every ending. A text that is too long stays as it is.
    static void append(std::vector<std::string>& texts, const std::vector<std::string>& endings) {
        std::vector<std::string> longer;
        for (std::size_t i = 1; i < endings.size(); ++i)
            for (const std::string& text : texts)
                longer.push_back(text + endings[i]);
        for (std::string& text : texts)
            if (text.size() <= longest_word)
                text += endings.front();
        std::move(longer.begin(), longer.end(), std::back_inserter(texts));
    }

    lookup values_of_;
    std::size_t steps_ = 0;
};

void collect_sets(const nginx_directive& block, std::set<std::string, std::less<>>& into,
                  std::size_t depth) {
    for (const nginx_directive& each : block.children) {
        if (each.name() == "set" && each.argument(0).starts_with('$'))
            into.insert(lower_case(each.argument(0).substr(1)));
        if (each.is_block && each.name() != "map" && each.name() != "geo" && depth < deepest_block)
            collect_sets(each, into, depth + 1);
    }
}

/// The value that a `map` gives for a text without variables; nothing where it has a regular
/// expression that is not understood, or looks at parts of host names.
std::optional<std::string> result_of_map(const nginx_directive& map, const std::string& text) {
    const nginx_directive* otherwise = nullptr;
    bool has_masks = false;
    for (const nginx_directive& entry : map.children) {
        has_masks |= entry.name() == "hostnames" && entry.arguments() == 0;
        if (is_parameter(entry, map))
            continue;
        std::string_view key = entry.name();
        if (key == "default") {
            otherwise = &entry;
            continue;
        }
        if (key.starts_with('~'))
            continue;
        if (key.starts_with('\\'))
            key.remove_prefix(1);
        if (equals_ignoring_case(key, text))
            return std::string(entry.argument(0));
    }
    if (has_masks)
        return std::nullopt;
    for (const nginx_directive& entry : map.children) {
        std::string_view key = entry.name();
        if (is_parameter(entry, map) || !key.starts_with('~'))
            continue;
        key.remove_prefix(1);
        const bool ignores_case = key.starts_with('*');
        if (ignores_case)
            key.remove_prefix(1);
        nginx_captures captures;
        switch (nginx_pattern(key, ignores_case).matches(text, &captures)) {
        case answer::unclear:
            return std::nullopt;
        case answer::no:
            continue;
        case answer::yes:
            break;
        }
        std::string result(entry.argument(0));
        for (const auto& [name, value] : captures)
            for (const std::string& written : {"${" + name + '}', '$' + name})
                for (std::size_t at = result.find(written); at != result.npos;
                     at = result.find(written, at + value.size()))
                    result.replace(at, written.size(), value);
        return result;
    }
    return otherwise == nullptr ? "" : std::string(otherwise->argument(0));
}

} // namespace

nginx_variable find_nginx_variable(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find('$', from); at != text.npos; at = text.find('$', at + 1)) {
        const bool has_brace = text.substr(at + 1).starts_with('{');
        const std::size_t first = at + 1 + (has_brace ? 1 : 0);
        std::size_t last = first;
        while (last < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[last])) || text[last] == '_'))
            ++last;
        if (last == first || (has_brace && !text.substr(last).starts_with('}')))
            continue;
        return {at, last - at + (has_brace ? 1 : 0), text.substr(first, last - first)};
    }
    return {};
}

bool is_path_of_request(const nginx_variable& variable) {
    return variable.name == "request_uri" || variable.name == "uri" ||
           variable.name == "document_uri";
}

nginx_variables::nginx_variables(const nginx_directive& context) {
    for (const nginx_directive& each : context.children) {
        if (!each.is_block ||
            (each.name() != "map" && each.name() != "split_clients" && each.name() != "geo"))
            continue;
        // `geo` may leave out what it looks at.
        const std::string_view variable = each.argument(each.arguments() == 1 ? 0 : 1);
        if (!variable.starts_with('$'))
            continue;
        maps_.insert_or_assign(lower_case(variable.substr(1)), &each);
        std::vector<std::string> results = results_of(each);
        if (!results.empty())
            results_.insert_or_assign(lower_case(variable.substr(1)), std::move(results));
    }
    collect_sets(context, set_, 0);
}

bool nginx_variables::knows(std::string_view name) const {
    return maps_.contains(lower_case(name)) || set_.contains(lower_case(name));
}

/// What a `map` gives for each text; where it depends on the request, all that it can give.
std::vector<std::string> nginx_variables::mapped(const nginx_directive& map,
                                                 const std::vector<std::string>& from) const {
    std::vector<std::string> results;
    for (const std::string& each : from) {
        const auto result = is_open(each) ? std::nullopt : result_of_map(map, each);
        if (!result)
            return results_of(map);
        add_once(results, *result);
    }
    return results;
}

std::vector<std::string> nginx_variables::values(std::string_view text,
                                                 const nginx_handshake& of) const {
    std::size_t depth = 0;
    std::size_t steps = 0;
    const std::function<std::vector<std::string>(std::string_view)> lookup =
        [&](std::string_view written) -> std::vector<std::string> {
        if (++steps > most_lookups)
            return {};
        const std::string name = lower_case(written);
        if (const auto found = of.captures.find(name); found != of.captures.end())
            return {frozen(found->second)};
        if (const auto found = of.variables.find(name); found != of.variables.end())
            return found->second;
        if (const auto map = maps_.find(name); map != maps_.end()) {
            if (map->second->name() != "map" || depth == deepest_lookup)
                return results_of(*map->second);
            ++depth;
            const auto from = expansion(lookup).expand(map->second->argument(0), 0);
            --depth;
            return mapped(*map->second, from);
        }
        if (set_.contains(name) && !of.is_clouded)
            return {""}; // not set on this way
        return of.own_values(name);
    };
    std::vector<std::string> values;
    for (std::string& each : expansion(lookup).expand(text, 0))
        add_once(values, thawed(std::move(each)));
    return values;
}

std::vector<std::string> nginx_variables::possible_values(std::string_view text,
                                                          const nginx_level& where) const {
    const auto lookup = [&](std::string_view name) {
        std::vector<std::string> values = set_values(name, where);
        if (!values.empty())
            return values;
        const auto map = results_.find(lower_case(name));
        return map == results_.end() ? values : map->second;
    };
    std::vector<std::string> values;
    for (std::string& each : expansion(lookup).expand(text, 0))
        add_once(values, std::move(each));
    return values;
}

} // namespace pulsegate
