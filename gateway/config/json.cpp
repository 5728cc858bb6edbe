#include "config/json.hpp"

#include "base/quoted.hpp"
#include "config/diagnostic.hpp"
#include "config/keys.hpp"

#include <boost/json.hpp>
#include <boost/json/array.hpp>

namespace pulsegate {
namespace {

boost::json::object to_json(const label& each) {
    const position at = each.where.start();
    const position end = each.where.in->position_of(each.where.offset + each.where.length);
    return {{"file", each.where.in->name()},
            {"line", at.line},
            {"column", at.column},
            {"end_column", end.column},
            {"text", each.text}};
}

boost::json::object to_json(const diagnostic& each) {
    boost::json::array others;
    for (const label& other : each.others)
        others.push_back(to_json(other));
    boost::json::object out{{"code", each.id.row().name},
                            {"severity", to_string(each.level())},
                            {"message", each.message}};
    out["primary"] = to_json(each.primary);
    out["others"] = std::move(others);
    out["help"] = each.help;
    return out;
}

namespace json = boost::json;

json::object section_to_json(std::string_view section, const target& from);

json::value row_to_json(const key_row& row, const target& from) {
    switch (row.kind) {
    case key_row::kinds::value:
        if (row.format.to_json)
            return row.format.to_json(from);
        return json::string(to_valid_utf8(row.format.show(from)));
    case key_row::kinds::section:
        if (row.is_there != nullptr && !row.is_there(from))
            return nullptr;
        return section_to_json(row.same_as.empty() ? row.path : row.same_as, from);
    case key_row::kinds::list: {
        json::array items;
        for (const target& each : row.list.items(from))
            items.push_back(section_to_json(std::string(row.path) + "[]", each));
        return items;
    }
    }
    return nullptr;
}

json::object section_to_json(std::string_view section, const target& from) {
    json::object shown;
    for (const key_row& row : key_table())
        if (row.section() == section)
            shown[row.name()] = row_to_json(row, from);
    return shown;
}

} // namespace

boost::json::object diagnostics_to_json(std::span<const diagnostic> diagnostics) {
    boost::json::array all;
    for (const diagnostic& each : diagnostics)
        all.push_back(to_json(each));
    const diagnostic_counts counts = count(diagnostics);
    boost::json::object out{{"errors", counts.errors}, {"warnings", counts.warnings}};
    out["diagnostics"] = std::move(all);
    return out;
}

json::object configuration_to_json(configuration values) {
    listener_settings no_listener;
    route no_route;
    proxy_settings no_proxy;
    certificate_files no_certificate;
    return section_to_json("", {values, no_listener, no_route, values.heartbeat, values.close,
                                no_proxy, no_certificate});
}

} // namespace pulsegate
