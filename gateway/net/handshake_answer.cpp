// handshake: the application is dialled and asked, and what it answers.
#include "net/handshake.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/size.hpp"
#include "http/plain_answer.hpp"
#include "net/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

namespace pulsegate {
void handshake::dial() {
    prepare_app_request(make_app_request(request_->release(), my_route(),
                                         facts_.is_peer_trusted || known_.is_relayed));
    dial_began_ = worker_.now().real;
    const duration time = settings_->config.limits.handshake;
    enter(step::dialling, time);
    dial_.start(my_route().to,
                {.tls = settings_->tls.routes[route_],
                 .max_message_bytes = settings_->config.limits.message_bytes,
                 .time = time,
                 .route = my_route().path,
                 .connection = to_text(id_)},
                [this, keep_alive = std::make_shared<operation<opening>>(*this)](
                    app_dial::outcome made) { on_dialled(std::move(made)); });
}

void handshake::on_dialled(app_dial::outcome made) {
    if (made.refused && !made.error)
        return refuse(refusal_for(*made.refused));
    if (made.refused)
        return on_app_error(*made.error, *made.refused, std::move(made.text));
    app_ = std::move(made.app);
    app_address_ = std::move(made.address);
    enter(step::asking, settings_->config.limits.handshake);
    // A failure to write shows as a failure to read, unless the application has answered early.
    app_.write(as_bytes(to_bytes(app_request_)));
    begin_answer();
    watch(leg::app, EPOLLIN);
}

void handshake::begin_answer() {
    answer_.emplace();
    answer_->header_limit(max_header_bytes_of_answer);
    answer_->body_limit(max_refusal_bytes);
    answer_header_bytes_ = 0;
}

void handshake::read_answer() {
    const auto room = worker_.read_buffer();
    const auto received = app_.read(room);
    append(app_bytes_, room.first(received.bytes));
    parse_answer(received.is_over);
}

/// \param is_over  nothing more will come.
void handshake::parse_answer(bool is_over) {
    error_code error;
    if (!answer_->is_header_done()) {
        if (answer_header_bytes_ == 0 && !complete_status_line(app_bytes_) && !is_over)
            return watch(leg::app, EPOLLIN);
        answer_header_bytes_ += parse(*answer_, app_bytes_, error);
        const bool has_header = answer_->is_header_done();
        // As with the request.
        if (!error && answer_header_bytes_ + (has_header ? 0 : app_bytes_.size()) >
                          max_header_bytes_of_answer)
            error = http::error::header_limit;
        answer_->eager(has_header); // now for the body
        if (!error && has_header && answer_->chunked())
            answer_header_ = answer_->get().base();
        if (!error && has_header && is_interim(answer_->get().result_int())) {
            begin_answer();
            return parse_answer(is_over);
        }
    }
    if (!error && answer_->is_header_done()) {
        parse(*answer_, app_bytes_, error);
        // What is left over is the beginning of a chunk's line, or of trailers.
        if (!error && !answer_->is_done() && app_bytes_.size() > max_header_bytes_of_answer)
            error = http::error::header_limit;
    }
    if (!error && is_over && !answer_->is_done()) {
        if (app_.how_it_ended() != connection::ending::orderly)
            error = asio::error::connection_reset;
        else if (answer_->got_some())
            answer_->put_eof(error);
        else
            error = http::error::end_of_stream;
    }
    if (error || answer_->is_done())
        return on_answer(error);
    watch(leg::app, EPOLLIN);
}

std::string handshake::words_about_answer(error_code error) {
    if (error == http::error::body_limit)
        return "the application's answer is larger than " + format_size(max_refusal_bytes);
    if (error == http::error::header_limit)
        return "the headers of the application's answer are larger than " +
               format_size(max_header_bytes_of_answer);
    if (error == http::error::end_of_stream)
        return "the application ended the connection without an answer";
    if (error == http::error::partial_message)
        return "the application ended the connection in the middle of its answer";
    return "the application did not answer in HTTP: " + error.message();
}

void handshake::on_answer(error_code error) {
    if (error)
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            words_about_answer(error));
    my_counters().app_dial.observe(worker_.now().real - dial_began_);
    if (answer_->get().result() != http::status::switching_protocols)
        return relay_refusal();
    // The rest of the request would go out among the frames of the session.
    if (app_.pending_bytes() > 0)
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            "the application answered 101 before it had the whole request");
    if (const auto wrong = check_app_upgrade(app_request_, answer_->get()))
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            "the application answered " + *wrong);
    accept();
}

void handshake::accept() {
    client_answer_ = make_client_response(answer_->release());
    add_via(client_answer_, settings_->config.via);
    enter(step::accepting, last_wait);
    send_answer();
}

void handshake::open_session() {
    session_origin origin{.settings = settings_,
                          .id = id_,
                          .client = std::move(client_address_),
                          .route = route_,
                          .compressed = is_compressed(client_answer_),
                          .words = std::move(words_),
                          .places = std::move(places_)};
    leave();
    session::begin(worker_, std::move(origin), std::move(client_), contents(client_bytes_),
                   std::move(app_), contents(app_bytes_));
}

} // namespace pulsegate
