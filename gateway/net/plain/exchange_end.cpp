// exchange: its end, and where its connections go then.
#include "net/plain/exchange.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/random.hpp"
#include "net/listen/opening.hpp"
#include "net/plain/idle_client.hpp"

#include <chrono>
#include <utility>

namespace pulsegate {

void exchange::on_app_error(app_error kind, rejection why, std::string text) {
    my_counters().on_app_error(kind);
    refuse(refusal_for(why, std::move(text)));
}

/// \pre the head of no answer is out.
void exchange::refuse(refusal why) {
    const unsigned status = row_of(why.why).status;
    my_counters().on_rejected(why.why);
    if (log::is_enabled(row_of(why.why).level))
        log_refusal(why.why, status, why.text,
                    {.client = origin_.client,
                     .route = my_route().path,
                     .path = std::string(origin_.words.path()),
                     .id = to_text(origin_.id),
                     .app_address = app_address_},
                    "request refused");
    dial_.cancel();
    app_.io.cut();
    upgrade_response answer = make_refusal(why);
    set_date(answer, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    if (terms_.is_head)
        answer.body().clear(); // its length stays
    status_ = status;
    keeps_client_ = false;
    step_ = step::refusing;
    write(client_, to_bytes(answer), worker_.now());
    flush_on();
}

/// All is written that will be: goes on once the client has it.
void exchange::flush_on() {
    if (client_.io.is_broken())
        return cut();
    if (client_.io.pending_bytes() > 0)
        return;
    const moment now = worker_.now();
    if (keeps_client_)
        return hand_back();
    client_.io.shut();
    worker_.left.take(std::move(client_.io), true, now);
    cut();
}

/// For its next request, whose beginning may be there already.
void exchange::hand_back() {
    origin_.known.bytes = std::string(contents(client_.unparsed));
    next_request(worker_, std::move(client_.io), std::move(origin_.known), config().http);
    cut();
}

void exchange::keep_app() {
    const http_settings& http = config().http;
    const bool is_idle = is_request_read() && app_.io.pending_bytes() == 0 &&
                         app_.unparsed.size() == 0 && !app_.io.is_broken();
    if (!is_idle || !answer_.keep_alive() || http.app_idle == milliseconds(0) ||
        worker_.drain_until)
        return app_.io.cut();
    worker_.idle_apps.keep(destination(), {std::move(app_.io), std::move(app_address_)},
                           http.app_connections, worker_.now().real + http.app_idle);
}

/// The same, with the reason of a stream that is not ending otherwise.
void exchange::cut(stream_end why) {
    if (stream_ != nullptr && step_ == step::answering)
        stream_->why = why;
    cut();
}

/// Ends the exchange, whatever is left of its connections.
void exchange::cut() {
    dial_.cancel();
    client_.io.cut();
    app_.io.cut();
    timing_wheel::disarm(*this);
    open_.reset();
}

void exchange::finish() {
    http_counts& counted = my_counters().http;
    counted.on_ended(status_);
    if (stream_ != nullptr)
        close_stream();
    else
        counted.to_end.observe(worker_.now().real - began_);
    delete this;
}

void exchange::on_drain(time_point until) {
    is_last_ = true;
    if (stream_ == nullptr || !is_get_)
        return;
    const moment now = worker_.now();
    plan_goodbye(now.real + random_phase(until - now.real), stream_end::drained);
    settle(now);
}

void exchange::on_shutdown() {
    const operation<exchange> keep_alive(*this);
    cut(stream_end::shutdown);
}

} // namespace pulsegate
