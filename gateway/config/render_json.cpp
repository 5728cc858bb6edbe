#include "config/diagnostic.hpp"

#include <boost/json.hpp>

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

} // namespace pulsegate
