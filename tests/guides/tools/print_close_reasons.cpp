// Prints the table of close reasons as JSON; the guides' tables are made from it.
#include "base/assert.hpp"
#include "command/close_reasons.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace pulsegate {
namespace {

std::string_view to_string(comeback client_should) {
    switch (client_should) {
    case comeback::no:
        return "no";
    case comeback::at_once:
        return "at_once";
    case comeback::with_backoff:
        return "with_backoff";
    }
    PULSEGATE_ASSERT(false);
}

/// `code` is null where a peer chose it.
boost::json::object seen(leg which, const close_reason_row& row) {
    const seen_end end = seen_by(which, row);
    const std::string_view other = which == leg::client ? "app" : "client";
    switch (end.chosen_by) {
    case seen_end::origin::gateway:
        return {{"code", end.payload.code}, {"text", end.payload.reason}, {"from", "gateway"}};
    case seen_end::origin::itself:
        return {{"code", nullptr}, {"text", ""}, {"from", "itself"}};
    case seen_end::origin::other_peer:
        return {{"code", nullptr}, {"text", ""}, {"from", other}};
    }
    PULSEGATE_ASSERT(false);
}

boost::json::object to_json(const close_reason_row& row) {
    boost::json::object out{{"label", row.label},
                            {"client_should", to_string(row.client_should)},
                            {"meaning", row.meaning}};
    out["client"] = seen(leg::client, row);
    out["app"] = seen(leg::app, row);
    return out;
}

} // namespace
} // namespace pulsegate

int main() {
    boost::json::array all;
    for (const pulsegate::close_reason_row& row : pulsegate::close_reasons())
        all.push_back(pulsegate::to_json(row));
    std::cout << boost::json::serialize(all) << '\n';
}
