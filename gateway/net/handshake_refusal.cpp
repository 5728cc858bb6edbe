// handshake: every answer but 101, and the end of a connection that gets none.
#include "net/handshake.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/log.hpp"

namespace pulsegate {

void handshake::on_app_error(app_error kind, rejection why, std::string text) {
    worker_.count.on_app_error(kind);
    log::write(log::level::warning, "application unavailable",
               {{"connection", to_text(id_)}, {"route", my_route().path}, {"detail", text}});
    refuse(refusal_for(why, std::move(text)));
}

void handshake::relay_refusal() {
    worker_.count.on_app_error(app_error::refused);
    reject(rejection::app_refused);
    client_answer_ = make_client_response(answer_->release());
    send_refusal();
}

void handshake::refuse(refusal why) {
    reject(why.why);
    client_answer_ = make_refusal(why);
    send_refusal();
}

void handshake::send_refusal() {
    dial_.cancel();
    app_.cut();
    places_ = {};
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
