// Prints the table of close reasons as JSON, as far as it concerns clients; the guide for front
// ends is made from it.
#include "base/assert.hpp"
#include "config/configuration.hpp"
#include "session/close_reason.hpp"

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

/// What a peer sees where the row's own code is not sent. `session::close()` knows the same two
/// kinds of configured codes.
close_payload configured_payload(close_reason reason) {
    const configuration defaults;
    const bool is_planned = reason == close_reason::drained || reason == close_reason::age;
    return is_planned ? defaults.drain.close : defaults.heartbeat.close;
}

/// What the peer of one leg sees. `code` is null where it sees what `from` says.
boost::json::object seen(farewell kind, const close_reason_row& row, std::string_view other) {
    boost::json::object out{{"code", nullptr}, {"text", ""}, {"from", "gateway"}};
    const auto say = [&](const close_payload& payload) {
        out["code"] = payload.code;
        out["text"] = payload.reason;
    };
    switch (kind) {
    case farewell::none:
        out["code"] = 1006; // RFC 6455 §7.1.5: what an end without a Close frame is called
        break;
    case farewell::answer:
        out["from"] = "itself";
        break;
    case farewell::carried:
        out["from"] = other;
        break;
    case farewell::configured:
        say(configured_payload(row.reason));
        break;
    case farewell::fixed:
        say(row.fixed);
        break;
    }
    return out;
}

boost::json::object to_json(const close_reason_row& row) {
    boost::json::object out{{"label", row.label},
                            {"client_should", to_string(row.client_should)},
                            {"meaning", row.meaning}};
    out["client"] = seen(row.to_client, row, "app");
    out["app"] = seen(row.to_app, row, "client");
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
