#include "config/loader.hpp"

#include "base/quoted.hpp"
#include "config/keys.hpp"
#include "config/nearest.hpp"
#include "config/rules.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace pulsegate {
namespace {

using kinds = yaml_value::kinds;

/// A section as it is being walked: its name in the key table, and its path in the file.
struct section_place {
    std::string_view section; // `routes[]`
    std::string path;         // `routes[0]`
    span where;               // what to mark when something is missing in it

    [[nodiscard]] std::string path_of(std::string_view name) const {
        return path.empty() ? std::string(name) : path + '.' + std::string(name);
    }
};

constexpr const char* no_variables =
    "this file has no variables: fill them in before, such as with `envsubst < gateway.yaml.in > "
    "gateway.yaml`";

bool has_variable(const std::string& text) {
    const std::size_t dollar = text.find('$');
    return text.find("{{") != std::string::npos ||
           (dollar != std::string::npos && dollar + 1 < text.size() &&
            (text[dollar + 1] == '{' ||
             std::isalpha(static_cast<unsigned char>(text[dollar + 1])) != 0));
}

/// True for `${PORT}`, `$PORT` and `{{ port }}`, alone or in a text, or one of a list.
bool has_variable(const yaml_value& value) {
    return has_variable(value.text) ||
           std::any_of(value.items.begin(), value.items.end(),
                       [](const yaml_value* each) { return has_variable(each->text); });
}

/// Walks the file along the key table.
class walk {
public:
    walk(reading& in, const target& defaults) : in_(in), defaults_(defaults) {}

    /// An empty section is one that leaves all of its keys out.
    void read_section(const section_place& at, const yaml_value& value, const target& to) {
        if (value.kind != kinds::map && value.kind != kinds::null) {
            in_.report(code::wrong_kind, {at.where, "must be a map of keys"},
                       quoted(at.path) + " is " + std::string(to_string(value.kind)),
                       value.kind == kinds::list ? "write its keys without `- ` in front of them"
                                                 : "write " + map_of(at, value.text));
            in_.origins[at.path] = {at.where, at.where, false};
            return;
        }
        std::map<std::string_view, span> seen;
        std::set<std::string_view> misspelt; // what unknown keys were meant for
        std::vector<std::pair<const key_row*, const yaml_entry*>> last;
        for (const yaml_entry& entry : value.entries) {
            const key_row* const row = accept(at, entry, seen);
            if (row == nullptr)
                if (const auto meant = nearest(entry.key->text, names_in(at.section)))
                    misspelt.insert(*meant);
            if (row != nullptr && row->is_read_last)
                last.emplace_back(row, &entry);
            else if (row != nullptr)
                read_key(at, *row, entry, to);
        }
        for (const auto& [row, entry] : last)
            read_key(at, *row, *entry, to);
        for (const key_row& row : key_table())
            if (row.is_required && row.section() == at.section && !seen.contains(row.name()) &&
                !misspelt.contains(row.name()))
                in_.report(code::missing_key,
                           {at.where, "has no `" + std::string(row.name()) + '`'},
                           quoted(at.path_of(row.name())) + " is missing", example_of(row));
    }

private:
    /// A text where a map is meant is most often the value of one of its keys.
    static std::string map_of(const section_place& at, std::string_view text) {
        const bool is_item = at.section.ends_with("[]");
        const std::string_view key = at.section == "log"         ? "level"
                                     : at.section == "proxies[]" ? "preset"
                                                                 : names_in(at.section).front();
        const std::string inside = std::string(key) + ": " + std::string(text);
        if (is_item)
            return "`- " + inside + '`';
        return '`' + at.path.substr(at.path.rfind('.') + 1) + ": { " + inside + " }`";
    }

    /// The row of a key that may be read; null after reporting one that may not.
    const key_row* accept(const section_place& at, const yaml_entry& entry,
                          std::map<std::string_view, span>& seen) {
        if (entry.key->kind != kinds::scalar) {
            in_.report(code::wrong_kind, {entry.key->where, "must be the name of a key"},
                       "a key is " + std::string(to_string(entry.key->kind)));
            return nullptr;
        }
        const std::string_view name = entry.key->text;
        const auto [first, is_new] = seen.emplace(name, entry.key->where);
        if (!is_new) {
            in_.report({code::duplicate_key,
                        quoted(name) + " is set twice",
                        {entry.key->where, "this is ignored"},
                        {{first->second, "first set here"}},
                        "remove one of the two"});
            return nullptr;
        }
        const key_row* const row = find_key(at.section, name);
        if (row == nullptr)
            in_.report(unknown_key(at.section, at.path, *entry.key));
        return row;
    }

    void read_key(const section_place& at, const key_row& row, const yaml_entry& entry,
                  const target& to) {
        const std::string path = at.path_of(row.name());
        const bool is_block = entry.value->where.start().line != entry.key->where.start().line;
        const span where = is_block ? entry.key->where : entry.value->where;
        switch (row.kind) {
        case key_row::kinds::section:
            read_section({row.same_as.empty() ? row.path : row.same_as, path, where}, *entry.value,
                         to);
            break;
        case key_row::kinds::list:
            read_list(path, row, entry, where, to);
            break;
        case key_row::kinds::value: {
            const std::string fallback = row.is_required ? "" : row.format.show(defaults_);
            const std::size_t before = in_.diagnostics.size();
            const bool is_good =
                row.format.read(in_, {path, entry.key->where, *entry.value, fallback}, to);
            if (!is_good && has_variable(*entry.value))
                for (std::size_t i = before; i < in_.diagnostics.size(); ++i)
                    in_.diagnostics[i].help = no_variables;
            in_.origins[path] = {entry.key->where, entry.value->where, is_good};
            break;
        }
        }
    }

    void read_list(const std::string& path, const key_row& row, const yaml_entry& entry,
                   const span& where, const target& to) {
        const yaml_value& value = *entry.value;
        if (value.kind != kinds::list) {
            const bool is_null = value.kind == kinds::null;
            const std::string what =
                is_null ? "has no value" : "is " + std::string(to_string(value.kind));
            in_.report(code::wrong_kind, {is_null ? entry.key->where : where, "must be a list"},
                       quoted(path) + ' ' + what,
                       value.kind == kinds::scalar
                           ? "write a list, with " +
                                 map_of({std::string(row.path) + "[]", path, where}, value.text) +
                                 " for an item"
                           : "begin each item of the list with `- `");
            return;
        }
        if (value.items.empty() && !row.list.may_be_empty) {
            in_.report(code::empty_list, {value.where, "must have an item"},
                       quoted(path) + " is empty",
                       "add one, or remove the line to use the default");
            return;
        }
        row.list.clear(to);
        const std::string section = std::string(row.path) + "[]";
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const yaml_value& item = *value.items[i];
            const span place = item.kind == kinds::null ? entry.key->where : item.where;
            const std::string item_path = path + '[' + std::to_string(i) + ']';
            in_.origins[item_path] = {place, place, true};
            read_section({section, item_path, place}, item, row.list.append(to));
        }
    }

    std::string example_of(const key_row& row) const {
        return "add `" + std::string(row.name()) + ": " + row.format.show(defaults_) + '`';
    }

    reading& in_;
    const target& defaults_;
};

} // namespace

load_result load_configuration(const source& in) {
    load_result out;
    reading state;
    const yaml_document document = parse_yaml(in, state.diagnostics);
    const bool has_content = document.root != nullptr && document.root->kind != kinds::null;
    if (!has_content && state.diagnostics.empty()) {
        const span beginning{in, 0, 0};
        state.report(code::nothing_said,
                     {beginning, "every key has its default, and `routes` lead to `echo`"},
                     "this file says nothing: the gateway would return every message to its sender",
                     "say where the application is:\nroutes:\n  - path: /\n    upstream: "
                     "ws://127.0.0.1:8000");
    }
    if (has_content && state.diagnostics.empty()) {
        configuration defaults;
        listener_settings no_listener;
        route no_route;
        proxy_settings no_proxy;
        certificate_files no_certificate;
        const target whole{out.values,       no_listener, no_route,      out.values.heartbeat,
                           out.values.close, no_proxy,    no_certificate};
        const target untouched{defaults,       no_listener, no_route,      defaults.heartbeat,
                               defaults.close, no_proxy,    no_certificate};
        const yaml_value& root = *document.root;
        if (root.kind != kinds::map)
            state.report(code::not_a_map, {root.where, "must be a key, such as `workers: auto`"},
                         "the configuration is " + std::string(to_string(root.kind)),
                         "begin with a key such as `routes:`");
        else
            walk(state, untouched).read_section({"", "", root.where}, root, whole);
        // Routes that are written take the common heartbeat and codes as they are read; the
        // default one has not been.
        const bool has_routes =
            std::any_of(root.entries.begin(), root.entries.end(),
                        [](const yaml_entry& entry) { return entry.key->text == "routes"; });
        if (!has_routes) {
            out.values.routes.front().heartbeat = out.values.heartbeat;
            out.values.routes.front().close = out.values.close;
        }
        check_rules(state, out.values);
    }
    sort_and_unique(state.diagnostics);
    out.diagnostics = std::move(state.diagnostics);
    out.origins = std::move(state.origins);
    return out;
}

} // namespace pulsegate
