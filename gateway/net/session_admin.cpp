// session: what those who operate the gateway may know of it, and tell it.
#include "net/session.hpp"

namespace pulsegate {

session_facts session::describe(moment now) const {
    session_facts facts;
    facts.id = origin_.id;
    facts.client = origin_.client;
    facts.route = my_route().path;
    facts.path = origin_.words.path();
    facts.user_agent = origin_.words.user_agent();
    if (!lifecycle_.is_open())
        facts.closing = lifecycle_.reason();
    facts.age = now.real - opened_;
    facts.client_idle = client_.heart.idle(now);
    facts.client_quiet = now.observed - client_.sent;
    facts.app_idle = app_.heart.idle(now);
    facts.round_trip = client_.heart.last_round_trip();
    facts.client_messages = client_.messages;
    facts.client_bytes = client_.bytes;
    facts.app_messages = app_.messages;
    facts.app_bytes = app_.bytes;
    facts.pending_bytes = client_.io.pending_bytes() + app_.io.pending_bytes();
    return facts;
}

bool session::dismiss(duration wait, moment now) {
    if (!lifecycle_.is_open())
        return false;
    const operation keep_alive(*this);
    if (wait <= duration::zero()) {
        close(close_reason::admin, now);
    } else if (now.real + wait < goodbye_at_) {
        goodbye_at_ = now.real + wait;
        is_dismissed_ = true;
        arm(now);
    }
    return true;
}

} // namespace pulsegate
