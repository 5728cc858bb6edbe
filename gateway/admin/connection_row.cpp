#include "admin/connection_row.hpp"

#include "base/connection_id.hpp"
#include "base/quoted.hpp"
#include "session/request_words.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// What came after the question counts as having come with it.
double elapsed_seconds(duration span) {
    return std::chrono::duration<double>(std::max(span, duration::zero())).count();
}

} // namespace

connection_row::connection_row(const session_facts& facts, unsigned worker)
    : facts_(facts), worker_(worker), client_(facts.client), route_(facts.route), path_(facts.path),
      user_agent_(facts.user_agent) {
    facts_.client = facts_.route = facts_.path = facts_.user_agent = {};
}

boost::json::object connection_row::to_json() const {
    boost::json::object shown{
        {"id", to_text(facts_.id)},
        {"kind", facts_.is_stream ? "event_stream" : "websocket"},
        {"client", client_},
        {"route", to_valid_utf8(route_)},
        {"path", to_valid_utf8(path_, request_words::most_path_bytes)},
        {"user_agent", to_valid_utf8(user_agent_, request_words::most_user_agent_bytes)},
        {"state", facts_.closing ? "closing" : "open"},
        {"worker", worker_},
        {"age_seconds", elapsed_seconds(facts_.age)},
        {"client_idle_seconds", elapsed_seconds(facts_.client_idle)},
        {"client_quiet_seconds", elapsed_seconds(facts_.client_quiet)},
        {"app_idle_seconds", elapsed_seconds(facts_.app_idle)},
        {"rtt_seconds", nullptr},
        {"client_messages", facts_.client_messages},
        {"client_bytes", facts_.client_bytes},
        {"app_messages", facts_.app_messages},
        {"app_bytes", facts_.app_bytes},
        {"pending_bytes", facts_.pending_bytes},
        {"closing_reason", nullptr}};
    if (facts_.round_trip)
        shown["rtt_seconds"] = elapsed_seconds(*facts_.round_trip);
    if (facts_.closing)
        shown["closing_reason"] = row_of(*facts_.closing).label;
    return shown;
}

} // namespace pulsegate
