#include "bench/load_connection.hpp"

#include "bench/handshake.hpp"
#include "bench/sockets.hpp"

#include <array>
#include <cstring>
#include <string_view>
#include <sys/epoll.h>

namespace pulsegate::bench {

load_state::load_state(const load_settings& chosen)
    : settings(chosen), pattern(chosen.message_bytes), random(std::random_device{}()),
      message(chosen.message_bytes), input(64 * 1024 + 2 * chosen.message_bytes) {}

load_connection::load_connection(std::uint32_t number, load_state& state)
    : state_(state), number_(number), key_(key_from(state.random())),
      socket_(connect_to(state.settings.port)), sent_at_(state.settings.in_flight) {
    const std::string request = upgrade_request(state.settings.port, key_);
    socket_.send({reinterpret_cast<const unsigned char*>(request.data()), request.size()});
}

void load_connection::on_event(std::uint32_t events) {
    socket_.flush();
    const bool end_announced = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    while (phase_ != phase::ended) {
        const stream::batch read = socket_.receive(state_.input, end_announced);
        on_input(read.input);
        if (read.has_ended && phase_ != phase::ended) {
            on_end(read.error == 0 ? "the connection was closed" : std::strerror(read.error));
        }
        if (read.is_last) {
            break;
        }
    }
    fill();
}

void load_connection::on_input(bytes input) {
    if (phase_ == phase::upgrading) {
        input = finish_upgrade(input);
    }
    while (phase_ == phase::open || phase_ == phase::closing) {
        const auto header = read_header(input);
        if (!header || header->frame_bytes() > input.size()) {
            break;
        }
        const auto payload_bytes = static_cast<std::size_t>(header->payload_bytes);
        on_frame(*header, input.subspan(header->header_bytes, payload_bytes));
        input = input.subspan(header->header_bytes + payload_bytes);
    }
    if (input.size() == state_.input.size()) {
        fail("an answer is longer than any message sent");
    }
    socket_.keep(input);
}

/// Returns what follows the response, or all of `input` if the response is not there whole.
bytes load_connection::finish_upgrade(bytes input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return input;
    }
    const std::string_view head = text.substr(0, end);
    if (!head.starts_with("HTTP/1.1 101 ")) {
        fail("the upgrade was answered `" + std::string(head.substr(0, head.find('\r'))) + "`");
    }
    if (field_of(head, "Sec-WebSocket-Accept") != accept_for(key_)) {
        fail("the upgrade was answered with a wrong Sec-WebSocket-Accept");
    }
    phase_ = phase::open;
    ++state_.open;
    return input.subspan(end + 4);
}

void load_connection::on_frame(const frame_header& header, bytes payload) {
    if (header.masking_key) {
        fail("a masked frame came from the server");
    }
    switch (header.code) {
    case opcode::text:
    case opcode::binary:
    case opcode::continuation:
        return state_.settings.only_reads ? on_published(header, payload)
                                          : on_echo(header, payload);
    case opcode::ping:
        return on_ping(payload);
    case opcode::pong:
        return;
    case opcode::close:
        if (payload.size() < 2) {
            return on_end("a Close without a code came");
        }
        return on_end("a Close with code " + std::to_string(payload[0] << 8 | payload[1]) +
                      " came");
    }
    fail("a frame with a reserved opcode came");
}

void load_connection::on_echo(const frame_header& header, const_bytes payload) {
    if (received_ == sent_) {
        fail("a message came that was never sent");
    }
    if (!header.is_final || header.code != state_.settings.message_opcode ||
        !state_.pattern.matches(payload, number_, received_)) {
        fail("message " + std::to_string(received_) + " came back changed");
    }
    const auto taken = clock::now() - sent_at_[received_ % sent_at_.size()];
    state_.seen.latency.record(static_cast<std::uint64_t>(std::chrono::nanoseconds(taken).count()));
    ++state_.seen.round_trips;
    ++received_;
    --state_.outstanding;
}

/// What an application sends by itself is numbered for each connection, as if it were number 0.
void load_connection::on_published(const frame_header& header, const_bytes payload) {
    if (!header.is_final || !state_.pattern.matches(payload, 0, received_)) {
        fail("published message " + std::to_string(received_) + " came changed");
    }
    ++state_.seen.round_trips;
    ++received_;
}

void load_connection::on_ping(bytes payload) {
    ++state_.seen.pings;
    if (!was_pinged_) {
        was_pinged_ = true;
        ++state_.pinged;
    }
    if (phase_ == phase::open) {
        append(opcode::pong, payload);
        send_batch();
    }
}

void load_connection::on_end(const std::string& how) {
    if (phase_ != phase::closing) {
        fail(how);
    }
    phase_ = phase::ended;
    --state_.open;
}

void load_connection::fill() {
    if (phase_ != phase::open || socket_.is_blocked()) {
        return;
    }
    const load_settings& settings = state_.settings;
    while (sent_ < state_.message_limit && sent_ - received_ < settings.in_flight) {
        append_message(clock::now());
        if (!settings.writes_together) {
            send_batch();
        }
    }
    send_batch();
}

void load_connection::send_due(clock::time_point due) {
    if (sent_ - received_ == state_.settings.in_flight) {
        fail("the chain falls behind: " + std::to_string(sent_ - received_) +
             " messages are under way; choose a smaller --rate");
    }
    append_message(due);
    send_batch();
}

void load_connection::append_message(clock::time_point due) {
    state_.pattern.write(state_.message, number_, sent_);
    append(state_.settings.message_opcode, state_.message);
    sent_at_[sent_ % sent_at_.size()] = due;
    ++sent_;
    ++state_.outstanding;
}

void load_connection::close() {
    if (phase_ == phase::open) {
        phase_ = phase::closing;
        const std::array<unsigned char, 2> code{1000 >> 8, 1000 & 0xFF};
        append(opcode::close, code);
        send_batch();
    }
}

/// Appends a masked frame to the batch.
void load_connection::append(opcode code, const_bytes payload) {
    frame_header header;
    header.code = code;
    header.payload_bytes = payload.size();
    header.masking_key = static_cast<std::uint32_t>(state_.random());
    std::array<unsigned char, max_header_bytes> head;
    const std::size_t head_bytes = write_header(head, header);
    std::vector<unsigned char>& output = state_.output;
    output.insert(output.end(), head.data(), head.data() + head_bytes);
    output.insert(output.end(), payload.begin(), payload.end());
    apply_mask(bytes(output).last(payload.size()), *header.masking_key);
}

void load_connection::send_batch() {
    if (!state_.output.empty()) {
        socket_.send(state_.output);
        state_.output.clear();
    }
}

void load_connection::fail(const std::string& what) const {
    throw load_failure("connection " + std::to_string(number_) + ": " + what);
}

} // namespace pulsegate::bench
