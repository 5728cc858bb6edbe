// handshake: every answer but 101, and the end of a connection that gets none.
#include "net/handshake.hpp"

#include "base/bytes.hpp"
#include "http/health_check.hpp"

#include <chrono>

namespace pulsegate {

void handshake::on_app_error(app_error kind, rejection why, std::string text) {
    my_counters().on_app_error(kind);
    refuse(refusal_for(why, std::move(text)));
}

void handshake::relay_refusal() {
    if (const auto wrong = check_app_answer(answer_->get()))
        return on_app_error(app_error::bad_response, rejection::app_not_websocket, *wrong);
    my_counters().on_app_error(app_error::refused);
    reject(rejection::app_refused, answer_->get().result_int());
    upgrade_response answer = answer_->release();
    if (answer_header_) // RFC 9110 §6.5.1: trailers are no headers
        answer.base() = std::move(*answer_header_);
    client_answer_ = make_client_response(std::move(answer));
    add_via(client_answer_, settings_->config.via);
    send_refusal();
}

void handshake::answer_health_check() {
    answer();
    client_answer_ = make_health_answer(request_->get(), worker_.refuses_newcomers);
    send_refusal();
}

void handshake::refuse(refusal why) {
    reject(why.why, row_of(why.why).status, why.text);
    client_answer_ = make_refusal(why);
    send_refusal();
}

refused_connection handshake::describe() const {
    refused_connection whose = opening::describe();
    if (client_address_.empty()) // no request yet
        return whose;
    const std::string origin = joined(id_ == 0 ? request_->get() : app_request_, "Origin");
    whose.client = client_address_;
    whose.path = words_.path();
    whose.origin = origin.substr(0, request_words::most_path_bytes);
    if (has_route_)
        whose.route = my_route().path;
    if (id_ != 0)
        whose.id = facts_.connection_id;
    whose.app_address = app_address_;
    return whose;
}

void handshake::send_refusal() {
    dial_.cancel();
    on_its_way_.leave();
    app_.cut();
    places_ = {};
    set_date(client_answer_,
             std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    if (request_ && request_->get().method() == http::verb::head)
        client_answer_.body().clear(); // its length stays
    enter(step::refusing, last_wait);
    send_answer();
}

void handshake::send_answer() {
    client_.write(as_bytes(to_bytes(client_answer_)));
    on_answer_written();
}

/// As far as the client takes it.
void handshake::on_answer_written() {
    const bool is_accepted = step_ == step::accepting;
    if (client_.is_broken())
        return is_accepted ? give_up(rejection::client_gone) : cut();
    if (client_.pending_bytes() > 0)
        return watch(leg::client, 0);
    return is_accepted ? open_session() : linger();
}

void handshake::linger() {
    client_.shut();
    enter(step::lingering, last_wait);
    client_bytes_.clear();
    client_bytes_.shrink_to_fit();
    watch(leg::client, EPOLLIN);
}

void handshake::discard() {
    if (client_.read(worker_.read_buffer()).is_over)
        return cut();
    watch(leg::client, EPOLLIN);
}

void handshake::cut() {
    opening::cut();
    app_.cut();
}

} // namespace pulsegate
