#include "alignment/nginx/variables.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>

namespace pulsegate {
namespace {

// Far past any configuration that works; against variables that are made of each other.
constexpr std::size_t most_values = 64;
constexpr std::size_t most_depth = 8;
constexpr std::size_t most_steps = 4096;
constexpr std::size_t longest_text = 4096; // bytes; Nginx reads no longer words

void add_once(std::vector<std::string>& values, std::string value) {
    if (std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(std::move(value));
}

/// The results of a `map`, without duplicates; empty if there are too many.
std::vector<std::string> results_of(const nginx_directive& map) {
    std::vector<std::string> results;
    bool has_default = map.name() != "map";
    for (const nginx_directive& entry : map.children) {
        if (entry.arguments() != 1) // `hostnames`, `volatile`
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
           directive.argument(0).starts_with('$') && directive.argument(0).substr(1) == name;
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
        if (text.size() > longest_text)
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
        if (depth == most_depth)
            return values;
        for (const std::string& each : values_of_(name)) {
            if (++steps_ > most_steps)
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
            if (text.size() <= longest_text)
                text += endings.front();
        std::move(longer.begin(), longer.end(), std::back_inserter(texts));
    }

    lookup values_of_;
    std::size_t steps_ = 0;
};

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
        if (!each.is_block || (each.name() != "map" && each.name() != "split_clients"))
            continue;
        const std::string_view variable = each.argument(1);
        std::vector<std::string> results = results_of(each);
        if (variable.starts_with('$') && !results.empty())
            results_.insert_or_assign(std::string(variable.substr(1)), std::move(results));
    }
}

std::vector<std::string> nginx_variables::possible_values(std::string_view text,
                                                          const nginx_level& where) const {
    const auto lookup = [&](std::string_view name) {
        std::vector<std::string> values = set_values(name, where);
        if (!values.empty())
            return values;
        const auto map = results_.find(name);
        return map == results_.end() ? values : map->second;
    };
    std::vector<std::string> values;
    for (std::string& each : expansion(lookup).expand(text, 0))
        add_once(values, std::move(each));
    return values;
}

} // namespace pulsegate
