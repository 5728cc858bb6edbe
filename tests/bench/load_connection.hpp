// One connection of the load generator: makes the opening handshake, keeps a number of messages in
// flight, or sends when it is told to, or only reads; checks every message, answers pings. Anything
// that a correct chain would not do, it throws as a load_failure, and the run is void: no figure
// comes from a chain that loses or changes messages.
#pragma once

#include "bench/histogram.hpp"
#include "bench/message_pattern.hpp"
#include "bench/stream.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace pulsegate::bench {

using clock = std::chrono::steady_clock;

class load_failure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct load_settings {
    std::uint16_t port = 0;
    std::uint32_t connections = 1;
    std::uint32_t in_flight = 1;      // messages that a connection sends ahead of their echoes
    std::uint64_t message_bytes = 64; // at least message_pattern::min_bytes
    opcode message_opcode = opcode::text;
    bool writes_together = false; // several messages with one write; else each with its own
    bool only_reads = false;      // the application sends by itself, and is sent nothing
};

/// What a run has seen since this was last reset.
struct load_observation {
    std::uint64_t round_trips = 0;
    std::uint64_t pings = 0;
    histogram latency; // nanoseconds from handing a message to the kernel to reading its echo
};

/// What all connections of a run share and add to.
struct load_state {
    explicit load_state(const load_settings& chosen);

    const load_settings settings;
    const message_pattern pattern;
    std::mt19937_64 random;
    std::vector<unsigned char> message; // the one being sent
    std::vector<unsigned char> input;   // read into by every connection in turn
    std::vector<unsigned char> output;  // batches are built here

    std::uint32_t message_limit = 0; // how many messages a connection may have sent by now
    std::uint64_t outstanding = 0;   // messages sent whose echo is awaited
    std::uint32_t open = 0;          // connections between their handshake and their end
    std::uint32_t pinged = 0;        // connections that were pinged at least once
    load_observation seen;
};

class load_connection {
public:
    /// Begins to connect. Lifetime: `state` outlives *this.
    load_connection(std::uint32_t number, load_state& state);

    [[nodiscard]] int descriptor() const { return socket_.descriptor(); }

    /// Handles what epoll reported. Throws load_failure.
    void on_event(std::uint32_t events);

    /// Sends messages until as many are in flight as the settings say, within `message_limit`.
    void fill();

    /// Sends one message whatever is in flight.
    /// \param due  when it should have left: its latency counts from then, so that a chain which
    ///             falls behind cannot hide it. Throws load_failure once `in_flight` are.
    void send_due(clock::time_point due);

    /// Begins the closing handshake with code 1000. Sends nothing else afterwards.
    void close();

    [[nodiscard]] bool is_open() const { return phase_ == phase::open; }
    [[nodiscard]] bool has_ended() const { return phase_ == phase::ended; }

private:
    // upgrading → open → closing → ended
    enum class phase { upgrading, open, closing, ended };

    void on_input(bytes input);
    [[nodiscard]] bytes finish_upgrade(bytes input);
    void on_frame(const frame_header& header, bytes payload);
    void on_echo(const frame_header& header, const_bytes payload);
    void on_published(const frame_header& header, const_bytes payload);
    void on_ping(bytes payload);
    void on_end(const std::string& how);
    void append_message(clock::time_point due);
    void append(opcode code, const_bytes payload);
    void send_batch();
    [[noreturn]] void fail(const std::string& what) const;

    load_state& state_;
    const std::uint32_t number_;
    const std::string key_;
    stream socket_;
    phase phase_ = phase::upgrading;
    bool was_pinged_ = false;
    std::uint32_t sent_ = 0;                 // messages; also the number of the next
    std::uint32_t received_ = 0;             // echoes; they come in order
    std::vector<clock::time_point> sent_at_; // of the messages in flight, by number modulo its size
};

} // namespace pulsegate::bench
