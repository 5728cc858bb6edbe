#include "config/effective.hpp"

#include "base/valid_utf8.hpp"
#include "config/keys.hpp"

#include <boost/json/array.hpp>

namespace pulsegate {
namespace {

namespace json = boost::json;

json::object section_to_json(std::string_view section, const target& from);

json::value row_to_json(const key_row& row, const target& from) {
    switch (row.kind) {
    case key_row::kinds::value:
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

json::object configuration_to_json(configuration values) {
    listener_settings no_listener;
    route no_route;
    proxy_settings no_proxy;
    certificate_files no_certificate;
    return section_to_json(
        "", {values, no_listener, no_route, values.heartbeat, no_proxy, no_certificate});
}

} // namespace pulsegate
