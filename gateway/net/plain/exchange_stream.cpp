// exchange: an answer that goes on, as an event stream (WHATWG HTML §9.2). Its client cannot answer
// a heartbeat; the comments that it gets keep the proxies in front from cutting it, and its TCP
// tells whether it is still there.
#include "net/plain/exchange.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

// More than anything that the gateway decides by itself.
constexpr milliseconds kernel_allowance{10'000};

// How long the end of an event is waited for, when a stream is to end.
constexpr milliseconds border_wait{2'000};

// Clients come back after a random time, at least and at most; the goodbyes are spread as well.
constexpr milliseconds soonest_return{100};
constexpr milliseconds latest_return{10'000};

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

void exchange::open_stream(moment now) {
    stream_ = std::make_unique<stream>();
    stream_->began = now.real;
    // Those that begin together do not beat together.
    stream_->beat_at = now.observed + random_phase(my_route().heartbeat.interval);
    http_counts& counted = my_counters().http;
    ++counted.streams;
    ++counted.streams_opened;
    const milliseconds stall = config().limits.write_stall + kernel_allowance;
    client_.io.give_up_after(stall);
    app_.io.give_up_after(stall);
    // Whoever gets a stream for anything but GET, as of a language model, does not come back for
    // the rest; it has until the end of a drain.
    if (!is_get_)
        return;
    if (const milliseconds most = config().limits.session_age; most != milliseconds(0))
        plan_goodbye(now.real + most + random_phase(config().drain.window), stream_end::age);
    if (worker_.drain_until)
        plan_goodbye(now.real + random_phase(*worker_.drain_until - now.real), stream_end::drained);
}

void exchange::plan_goodbye(time_point when, stream_end why) {
    if (stream_->is_ending || when >= stream_->goodbye_at)
        return;
    stream_->goodbye_at = when;
    stream_->goodbye = why;
}

/// Leaves what goes to the client of these: up to the border of an event if the stream is to end.
void exchange::follow_lines(body_pieces& pieces, moment now) {
    stream_->bytes += pieces.bytes();
    if (pieces.bytes() > 0)
        stream_->beat_at = now.observed + my_route().heartbeat.interval;
    body_pieces passed;
    for (const iovec& each : pieces.all()) {
        std::span bytes(static_cast<const std::uint8_t*>(each.iov_base), each.iov_len);
        if (stream_->is_ending)
            if (const auto border = stream_->lines.to_event_border(bytes))
                bytes = bytes.first(*border);
        const auto part = stream_->lines.take(bytes);
        passed.add(part.held);
        passed.add({reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()});
        if (is_goodbye_due())
            break;
    }
    pieces = passed;
}

/// True at a border of events at which the stream is to end.
bool exchange::is_goodbye_due() const {
    return stream_ != nullptr && stream_->is_ending && stream_->lines.is_at_event_border();
}

void exchange::send_lines(std::string_view lines, moment now) {
    body_pieces pieces;
    pieces.add(lines);
    framed_pieces out;
    out.add(pieces, answer_framing_);
    write(client_, out.all(), now);
}

/// What is due of a stream: a comment, or its goodbye.
void exchange::beat(moment now) {
    if (step_ != step::answering)
        return;
    if (now.real >= stream_->goodbye_at) {
        const bool has_waited = std::exchange(stream_->is_ending, true);
        if (stream_->lines.is_at_event_border() || has_waited)
            return say_goodbye(now);
        stream_->goodbye_at = now.real + border_wait;
    }
    if (!wants_answer() || now.observed < stream_->beat_at)
        return;
    stream_->beat_at = now.observed + my_route().heartbeat.interval;
    const std::string_view comment = stream_->lines.put_comment();
    if (comment.empty()) // in the middle of a line
        return;
    ++my_counters().http.stream_heartbeats;
    send_lines(comment, now);
}

/// Ends the stream as if the application had, with a time to come back at. What has to be whole is
/// cut, so that nobody takes it for that: an event, and the answer to anything but GET.
void exchange::say_goodbye(moment now) {
    stream_->why = stream_->goodbye;
    if (!stream_->lines.is_at_event_border() || !is_get_)
        return cut();
    const duration wait =
        soonest_return + random_phase(std::min<duration>(config().drain.window, latest_return));
    const auto ms = std::chrono::duration_cast<milliseconds>(wait).count();
    const std::string_view end = stream_->lines.line_end();
    send_lines("retry: " + std::to_string(ms).append(end).append(end), now);
    write(client_, end_of_body(answer_framing_, {}), now);
    keeps_client_ = keeps_client_ && !is_last_;
    app_.io.cut();
    step_ = step::flushing;
    flush_on();
}

bool exchange::dismiss(duration wait, moment now) {
    if (step_ != step::answering || stream_->is_ending)
        return false;
    const operation<exchange> keep_alive(*this);
    plan_goodbye(now.real + wait, stream_end::admin);
    beat(now);
    settle(now);
    return true;
}

session_facts exchange::describe(moment now) const {
    session_facts facts;
    facts.id = origin_.id;
    facts.is_stream = true;
    facts.client = origin_.client;
    facts.route = my_route().path;
    facts.path = origin_.words.path();
    facts.user_agent = origin_.words.user_agent();
    facts.age = now.real - stream_->began;
    facts.client_idle = facts.age; // it has said nothing since its request
    facts.client_quiet = now.observed - client_moved_;
    facts.app_idle = now.observed - app_moved_;
    facts.app_bytes = stream_->bytes;
    facts.pending_bytes = client_.io.pending_bytes();
    return facts;
}

/// Counts its end, once.
void exchange::close_stream() {
    http_counts& counted = my_counters().http;
    --counted.streams;
    ++counted.streams_ended[static_cast<std::size_t>(stream_->why)];
    const stream_end_row& row = row_of(stream_->why);
    if (!log::is_enabled(row.level))
        return;
    const std::string id = to_text(origin_.id);
    const moment now = worker_.now();
    const log::field fields[] = {{"reason", row.label},
                                 {"connection", id},
                                 {"client", origin_.client},
                                 {"route", my_route().path},
                                 {"path", origin_.words.path()},
                                 {"duration", seconds(now.real - stream_->began)},
                                 {"app_bytes", stream_->bytes},
                                 {"client_quiet", seconds(now.observed - client_moved_)},
                                 {"app_idle", seconds(now.observed - app_moved_)}};
    log::write(row.level, "stream ended", fields);
}

} // namespace pulsegate
