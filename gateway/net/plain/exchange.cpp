#include "net/plain/exchange.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "net/ask_tcp.hpp"

#include <algorithm>
#include <utility>

namespace pulsegate {
namespace {

time_point real_of(time_point observed, moment now) {
    return now.real + (observed - now.observed);
}

} // namespace

exchange::exchange(worker_context& worker, exchange_origin&& origin, connection&& client,
                   request_reader&& request, answer_terms terms, const upgrade_request& app_request)
    : worker_(worker), origin_(std::move(origin)), began_(worker.now().real), open_(*this),
      client_(*this, leg::client, std::move(client), worker.now()),
      app_(*this, leg::app, connection(worker.poll), worker.now()), request_(std::move(request)),
      request_framing_(framing_of(app_request)), terms_(terms),
      is_get_(app_request.method() == http::verb::get),
      is_idempotent_(is_idempotent(app_request.method())), app_head_(to_bytes(app_request)),
      dial_(worker) {
    worker.members.push_back(*this);
    ++my_counters().http.live;
}

void exchange::begin(worker_context& worker, exchange_origin origin, connection client,
                     request_reader request, answer_terms terms, const upgrade_request& app_request,
                     std::string_view early_bytes) {
    auto* const self = new exchange(worker, std::move(origin), std::move(client),
                                    std::move(request), terms, app_request);
    const operation<exchange> keep_alive(*self);
    append(self->client_.unparsed, as_bytes(early_bytes));
    self->begin_answer();
    self->reach_app();
    self->settle(worker.now());
}

route_counters& exchange::my_counters() const {
    return worker_.count.routes[origin_.settings->places_of_counters[origin_.route]];
}

// --- Reaching the application ---

app_pool::destination exchange::destination() const {
    const auto& to = std::get<websocket_upstream>(my_route().to);
    return {to_string(socket_address{to.address}), origin_.settings->tls.routes[origin_.route]};
}

void exchange::reach_app() {
    auto kept = worker_.idle_apps.take(destination());
    if (!kept)
        return dial();
    ++my_counters().http.reuses;
    is_reused_ = true;
    app_.io = std::move(kept->app);
    app_address_ = std::move(kept->address);
    send_head();
}

void exchange::dial() {
    step_ = step::dialling;
    is_reused_ = false;
    ++my_counters().http.dials;
    app_moved_ = worker_.now().observed;
    const duration time = config().limits.handshake;
    dial_.start(my_route().to,
                {.tls = origin_.settings->tls.routes[origin_.route],
                 .time = time,
                 .route = my_route().path,
                 .connection = to_text(origin_.id)},
                [this, keep_alive = std::make_shared<operation<exchange>>(*this)](
                    app_dial::outcome made) { on_dialled(std::move(made)); });
}

void exchange::on_dialled(app_dial::outcome made) {
    if (made.refused && made.error)
        on_app_error(*made.error, *made.refused, std::move(made.text));
    else if (made.refused)
        refuse(refusal_for(*made.refused));
    else {
        app_.io = std::move(made.app);
        app_address_ = std::move(made.address);
        send_head();
    }
    settle(worker_.now());
}

/// With as much of the body as is there already.
void exchange::send_head() {
    const moment now = worker_.now();
    step_ = step::waiting;
    app_moved_ = client_moved_ = now.observed;
    relay_request({}, now);
}

/// RFC 9110 §9.2.2: a request that is not known to have reached the application, since it was about
/// to close the connection, and whose effect would be the same if it had.
bool exchange::may_send_again() const {
    return is_reused_ && is_idempotent_ && !has_sent_body_ && !answer_.got_some() &&
           app_.unparsed.size() == 0;
}

/// Nothing more will come from the application.
void exchange::on_app_over() {
    if (step_ == step::answering) {
        error_code error;
        const bool is_orderly = app_.io.how_it_ended() == connection::ending::orderly;
        if (is_orderly)
            answer_.put_eof(error);
        if (!is_orderly || error || !answer_.is_done())
            return cut(stream_end::app_lost);
        write(client_, end_of_body(answer_framing_, {}), worker_.now());
        return end_answer();
    }
    if (may_send_again()) {
        ++my_counters().http.retries;
        app_.io.cut();
        has_sent_head_ = is_request_ended_ = false;
        return dial();
    }
    const bool has_begun = answer_.got_some() || app_.unparsed.size() > 0;
    on_bad_answer(has_begun ? "the application ended the connection in the middle of its answer"
                            : "the application ended the connection without an answer");
}

// --- The request's body ---

void exchange::read_request(moment now) {
    for (int i = 0; i < most_reads; ++i) {
        const auto room = worker_.read_buffer();
        const auto received = client_.io.read(room);
        if (received.bytes > 0)
            relay_request(room.first(received.bytes), now);
        if (received.is_over)
            return cut(stream_end::client_left);
        if (!received.may_be_more || is_request_read() || app_.io.pending_bytes() > 0)
            return;
    }
}

/// The head goes with the first part of the body, and so does the end with the last.
void exchange::relay_request(std::span<const std::uint8_t> bytes, moment now) {
    const bool is_kept = client_.unparsed.size() > 0;
    if (is_kept) {
        append(client_.unparsed, bytes);
        bytes = as_bytes(contents(client_.unparsed));
    }
    const bool is_first = !has_sent_head_;
    has_sent_head_ = true;
    client_moved_ = now.observed;
    std::size_t taken = 0;
    error_code error;
    body_pieces pieces;
    framed_pieces out;
    out.add(is_first ? std::string_view(app_head_) : "");
    do {
        pieces.clear();
        if (!is_request_read())
            taken += request_.read_body(bytes.subspan(taken), pieces, error);
        if (error)
            return on_bad_request(error);
        out.add(pieces, request_framing_);
        has_sent_body_ |= pieces.bytes() > 0;
        my_counters().http.request_bytes += pieces.bytes();
        std::string end;
        if (request_.is_done() && !std::exchange(is_request_ended_, true))
            end = end_of_body(request_framing_, request_.trailers());
        out.add(end);
        if (!out.is_empty())
            write(app_, out.all(), now);
        out.clear();
    } while (pieces.is_full());
    if (is_kept)
        client_.unparsed.consume(taken);
    else
        append(client_.unparsed, bytes.subspan(taken));
    if (client_.unparsed.size() > config().limits.header_bytes && !is_request_read())
        on_bad_request(http::error::header_limit);
}

void exchange::on_bad_request(error_code error) {
    if (step_ == step::answering)
        return cut();
    refuse(
        refusal_for(rejection::malformed, "the body of the request is broken: " + error.message()));
}

// --- What is waited for ---

void exchange::write(side& to, std::string_view text, moment now) {
    if (text.empty())
        return;
    const iovec part{const_cast<char*>(text.data()), text.size()};
    write(to, std::span(&part, 1), now);
}

void exchange::write(side& to, std::span<const iovec> parts, moment now) {
    to.io.write(parts);
    if (to.io.pending_bytes() > 0)
        to.peer.on_waiting(now);
    (to.which == leg::app ? app_moved_ : client_moved_) = now.observed;
}

void exchange::on_ready(side& one, std::uint32_t events) {
    const operation<exchange> keep_alive(*this);
    const moment now = worker_.now();
    one.io.note(events);
    if (one.io.pending_bytes() > 0 && one.io.flush() > 0) {
        (one.which == leg::app ? app_moved_ : client_moved_) = now.observed;
        one.io.pending_bytes() > 0 ? one.peer.on_taken(now) : one.peer.on_nothing_waits();
    }
    const bool has_ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (one.which == leg::app) {
        if (wants_answer() && (events & ~std::uint32_t{EPOLLOUT}) != 0)
            read_answer(now);
    } else {
        if (wants_request() && (events & EPOLLIN) != 0)
            read_request(now);
        if (is_open() && (step_ == step::flushing || step_ == step::refusing))
            flush_on();
        else if (is_open() && (has_ended || client_.io.is_broken()))
            cut(stream_end::client_left);
    }
    settle(now);
}

/// True while the application's bytes may go on to the client.
bool exchange::wants_answer() const {
    return (step_ == step::waiting || step_ == step::answering) &&
           client_.io.pending_bytes() == 0 && !app_.io.is_cut();
}

/// True while the client's bytes may go on to the application.
bool exchange::wants_request() const {
    return (step_ == step::waiting || step_ == step::answering) && !is_request_read() &&
           app_.io.pending_bytes() == 0 && !app_.io.is_broken();
}

/// Has both sockets watched for what can be used now, and the wheel armed. To be called at the end
/// of every handler.
void exchange::settle(moment now) {
    if (!is_open())
        return;
    const std::uint32_t of_client = EPOLLRDHUP | (wants_request() ? EPOLLIN : 0u) |
                                    (client_.io.pending_bytes() > 0 ? EPOLLOUT : 0u);
    const std::uint32_t of_app =
        (wants_answer() ? EPOLLIN : 0u) | (app_.io.pending_bytes() > 0 ? EPOLLOUT : 0u);
    if (!client_.io.watch(client_, of_client) ||
        (!app_.io.is_cut() && !app_.io.watch(app_, of_app)))
        return cut(); // the kernel lacks memory
    worker_.wheel.arm(*this, due(now));
}

/// Real time.
time_point exchange::due(moment now) const {
    const milliseconds stall = config().limits.write_stall;
    time_point due = time_point::max(); // observed
    for (const side* const one : {&client_, &app_})
        if (one->peer.is_waiting() && !one->io.is_cut())
            due = std::min({due, one->peer.stalled_at(stall), one->peer.next_look(stall)});
    if (step_ == step::dialling)
        due = std::min(due, app_moved_ + config().limits.handshake);
    if (wants_request())
        due = std::min(due, client_moved_ + config().http.body);
    else if (wants_answer() && stream_ == nullptr)
        due = std::min(due, app_moved_ + my_route().answer);
    if (stream_ != nullptr && wants_answer())
        due = std::min(due, stream_->beat_at);
    const time_point real = due == time_point::max() ? due : real_of(due, now);
    return stream_ != nullptr && step_ == step::answering ? std::min(real, stream_->goodbye_at)
                                                          : real;
}

bool exchange::has_stalled(side& one, moment now) {
    const milliseconds stall = config().limits.write_stall;
    if (!one.peer.is_waiting() || one.io.is_cut())
        return false;
    if (now.observed >= one.peer.next_look(stall) || now.observed >= one.peer.stalled_at(stall))
        one.peer.on_look(ask_tcp(one.io.descriptor()), now);
    return now.observed >= one.peer.stalled_at(stall);
}

void exchange::on_due() {
    const operation<exchange> keep_alive(*this);
    const moment now = worker_.now();
    watch_over(now);
    settle(now);
}

void exchange::watch_over(moment now) {
    if (step_ == step::dialling) {
        if (now.observed < app_moved_ + config().limits.handshake)
            return;
        dial_.time_out();
        return on_app_error(app_error::timeout, rejection::app_timeout,
                            "the application did not accept the connection within "
                            "`limits.handshake`");
    }
    if (has_stalled(client_, now))
        return cut(stream_end::slow_client);
    if (stream_ != nullptr)
        return beat(now);
    const bool is_app_late =
        has_stalled(app_, now) ||
        (wants_answer() && !wants_request() && now.observed >= app_moved_ + my_route().answer);
    if (is_app_late && step_ == step::waiting)
        return on_app_error(app_error::timeout, rejection::app_timeout,
                            "the application did not answer within `http.answer`");
    if (is_app_late)
        return cut();
    if (!wants_request() || now.observed < client_moved_ + config().http.body)
        return;
    if (step_ == step::answering)
        return cut();
    refuse(refusal_for(rejection::body_timeout));
}

} // namespace pulsegate
