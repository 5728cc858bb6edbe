#include "session/close_settings.hpp"

namespace pulsegate {
namespace {

bool is_planned(close_reason why) {
    return why == close_reason::drained || why == close_reason::age;
}

farewell farewell_of(leg which, close_reason why) {
    return which == leg::client ? row_of(why).to_client : row_of(why).to_app;
}

} // namespace

close_settings::close_settings() {
    for (const close_reason_row& row : close_reasons())
        to_client[static_cast<std::size_t>(row.reason)] = row.fixed;
}

const close_payload& close_settings::told(leg which, close_reason why) const {
    static const close_payload nothing;
    switch (farewell_of(which, why)) {
    case farewell::configured:
        return is_planned(why) ? goodbye : timeout;
    case farewell::fixed:
        return which == leg::client ? to_client[static_cast<std::size_t>(why)]
                                    : row_of(why).fixed_to(which);
    case farewell::violation:
        return row_of(why).fixed_to(which);
    case farewell::none:
    case farewell::end:
    case farewell::answer:
    case farewell::carried:
        break;
    }
    return nothing;
}

std::string key_of_close(leg which, close_reason why) {
    const farewell kind = farewell_of(which, why);
    if (kind == farewell::configured)
        return is_planned(why) ? "drain.close" : "heartbeat.close";
    if (kind == farewell::fixed && which == leg::client)
        return "close." + std::string(row_of(why).label);
    return "";
}

} // namespace pulsegate
