// exchange: the application's answer.
#include "net/plain/exchange.hpp"

#include "base/bytes.hpp"
#include "base/size.hpp"

namespace pulsegate {

void exchange::begin_answer() {
    answer_ = response_reader();
    head_bytes_ = 0;
    answer_.header_limit(max_head_bytes_of_answer);
    answer_.skip(terms_.is_head);
}

void exchange::read_answer(moment now) {
    for (int i = 0; i < most_reads && wants_answer(); ++i) {
        const auto room = worker_.read_buffer();
        const auto received = app_.io.read(room);
        if (received.bytes > 0) {
            app_moved_ = now.observed;
            relay_answer(room.first(received.bytes), now);
        }
        if (received.is_over && wants_answer())
            on_app_over();
        if (!received.may_be_more)
            return;
    }
}

void exchange::relay_answer(std::span<const std::uint8_t> bytes, moment now) {
    std::string head;
    const bool is_kept = step_ == step::waiting || app_.unparsed.size() > 0;
    if (is_kept) {
        append(app_.unparsed, bytes);
        if (step_ == step::waiting) {
            auto begun = take_head(now);
            if (!begun)
                return;
            head = std::move(*begun);
        }
        bytes = as_bytes(contents(app_.unparsed));
    }
    const std::size_t taken = relay_body(head, bytes, now);
    if (is_kept)
        app_.unparsed.consume(taken);
    else
        append(app_.unparsed, bytes.subspan(taken));
    if (app_.unparsed.size() == 0 && app_.unparsed.capacity() > 0) {
        app_.unparsed.clear();
        app_.unparsed.shrink_to_fit();
    }
    if (!is_open())
        return;
    if (step_ == step::answering && answer_.is_done())
        end_answer();
    else if (app_.unparsed.size() > max_head_bytes_of_answer) // the line of a chunk, or trailers
        cut();
}

/// The head of the answer as the client gets it, once it is there; interim answers are passed on.
std::optional<std::string> exchange::take_head(moment now) {
    while (step_ == step::waiting) {
        if (!answer_.got_some() && !complete_status_line(app_.unparsed))
            return std::nullopt;
        error_code error;
        head_bytes_ += parse(answer_, app_.unparsed, error);
        const bool is_whole = answer_.is_header_done();
        // As with the request.
        if (!error &&
            head_bytes_ + (is_whole ? 0 : app_.unparsed.size()) > max_head_bytes_of_answer)
            error = http::error::header_limit;
        if (error == http::error::header_limit)
            on_bad_answer("the headers of the application's answer are larger than " +
                          format_size(max_head_bytes_of_answer));
        else if (error)
            on_bad_answer("the application did not answer in HTTP: " + error.message());
        if (error || !is_whole)
            return std::nullopt;
        if (!is_interim(answer_.get().result_int()))
            return open_answer(now);
        if (!terms_.is_http_1_0)
            write(client_, interim_head(answer_.release()), now);
        begin_answer();
    }
    return std::nullopt;
}

/// The last head. Nothing if it cannot be relayed.
std::optional<std::string> exchange::open_answer(moment now) {
    if (const auto wrong = check_plain_answer(answer_.get())) {
        on_bad_answer(*wrong);
        return std::nullopt;
    }
    origin_.on_its_way.leave();
    step_ = step::answering;
    status_ = answer_.get().result_int();
    my_counters().http.to_head.observe(now.real - began_);
    answer_framing_ = framing_for(answer_.get(), terms_);
    keeps_client_ = terms_.is_kept_alive && answer_framing_ != body_framing::until_close &&
                    is_request_read() && !is_last_ && !worker_.drain_until;
    app_head_.clear();
    app_head_.shrink_to_fit();
    if (answer_framing_ != body_framing::none && is_event_stream(answer_.get()))
        open_stream(now);
    return plain_head(answer_.release(), terms_, answer_framing_, keeps_client_, config().via);
}

/// Passes on what there is of the body, in one write with the head and the end.
/// \return how many of the bytes were understood.
std::size_t exchange::relay_body(std::string_view head, std::span<const std::uint8_t> bytes,
                                 moment now) {
    std::size_t taken = 0;
    error_code error;
    bool has_more = false; // pieces than there was room for
    bool is_goodbye = false;
    body_pieces pieces;
    framed_pieces out;
    out.add(head);
    do {
        pieces.clear();
        if (!answer_.is_done())
            taken += answer_.read_body(bytes.subspan(taken), pieces, error);
        has_more = pieces.is_full();
        if (stream_ != nullptr)
            follow_lines(pieces, now);
        is_goodbye = is_goodbye_due();
        const std::string end = answer_.is_done() && !is_goodbye
                                    ? end_of_body(answer_framing_, answer_.trailers())
                                    : "";
        out.add(pieces, answer_framing_);
        out.add(end);
        my_counters().http.answer_bytes += pieces.bytes();
        if (!out.is_empty())
            write(client_, out.all(), now);
        out.clear();
    } while (!error && has_more && !is_goodbye);
    if (error)
        cut(stream_end::app_lost);
    else if (is_goodbye)
        say_goodbye(now);
    return taken;
}

/// The answer is out, or will be once the client has taken it.
void exchange::end_answer() {
    keep_app();
    step_ = step::flushing;
    flush_on();
}

void exchange::on_bad_answer(std::string text) {
    on_app_error(app_error::bad_response, rejection::app_not_http, std::move(text));
}

} // namespace pulsegate
