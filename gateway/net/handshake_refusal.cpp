// handshake: every answer but 101, and the end of a connection that gets none.
#include "net/handshake.hpp"

#include "base/log.hpp"
#include "net/connection_id.hpp"

#include <boost/beast/http/write.hpp>

namespace pulsegate {

void handshake::on_app_error(app_error kind, rejection why, http::status status, std::string text) {
    worker_.count.on_app_error(kind);
    log::write(log::level::warning, "application unavailable",
               {{"connection", to_text(id_)}, {"route", my_route().path}, {"detail", text}});
    refuse({why, status, std::move(text)});
}

void handshake::relay_refusal() {
    worker_.count.on_app_error(app_error::refused);
    worker_.count.on_rejected(rejection::app_refused);
    client_answer_ = make_client_response(answer_->get());
    send_answer();
}

void handshake::refuse(refusal why) {
    worker_.count.on_rejected(why.why);
    client_answer_ = make_refusal(why);
    send_answer();
}

void handshake::send_answer() {
    dial_.cancel();
    app_.close();
    places_ = {};
    enter(step::refusing, last_wait);
    http::async_write(client_, client_answer_,
                      [self = operation(*this)](error_code error, std::size_t) {
                          if (self->step_ != step::refusing)
                              return;
                          if (error)
                              return self->cut();
                          self->linger();
                      });
}

void handshake::linger() {
    client_.shut();
    enter(step::lingering, last_wait);
    client_buffer_.clear();
    client_buffer_.shrink_to_fit();
    discard();
}

void handshake::discard() {
    client_.async_read_some(client_buffer_.prepare(4096),
                            [self = operation(*this)](error_code error, std::size_t) {
                                if (error || self->step_ != step::lingering)
                                    return self->cut();
                                self->discard();
                            });
}

void handshake::give_up(rejection why) {
    worker_.count.on_rejected(why);
    cut();
}

void handshake::cut() {
    step_ = step::gone;
    timing_wheel::disarm(*this);
    dial_.cancel();
    client_.close();
    app_.close();
}

} // namespace pulsegate
