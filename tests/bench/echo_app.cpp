// The application of the benchmark: a WebSocket server that returns every frame as fast as one
// thread can. What it is sent it turns around in place: a server's frame is the client's without
// its mask, four bytes shorter.
//
//     bench_echo_app --listen PORT [--fault flip|drop|repeat|cut --fault-every N]
//                    [--publish-every-us T --message-bytes B] [--ping-every-us T]
//
// A fault spoils every Nth message, to show that the load generator notices. One that publishes
// also sends a message to each of its clients every T microseconds; one that pings, a ping.
#include "bench/handshake.hpp"
#include "bench/message_pattern.hpp"
#include "bench/options.hpp"
#include "bench/sockets.hpp"
#include "bench/stream.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

namespace pulsegate::bench {

namespace {

enum class fault { none, flip, drop, repeat, cut };

struct fault_settings {
    fault kind = fault::none;
    std::uint64_t every = 1;
};

struct connection {
    explicit connection(int descriptor) : socket(descriptor) {}
    stream socket;
    std::uint32_t published = 0; // messages that it was sent unasked
    bool is_upgraded = false;
    bool is_done = false;
};

class echo_app {
public:
    explicit echo_app(fault_settings faults) : faults_(faults) {}

    void on_event(connection& here, std::uint32_t events) {
        here.socket.flush();
        const bool end_announced = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        while (!here.is_done && !here.socket.is_blocked()) {
            const stream::batch read = here.socket.receive(buffer_, end_announced);
            consume(here, read.input);
            here.is_done = here.is_done || read.has_ended;
            if (read.is_last) {
                return;
            }
        }
    }

private:
    void consume(connection& here, bytes input) {
        if (!here.is_upgraded) {
            input = answer_upgrade(here, input);
        }
        if (here.is_upgraded) {
            input = echo_frames(here, input);
        }
        here.socket.keep(input);
        if (input.size() == buffer_.size()) {
            std::fprintf(stderr, "bench_echo_app: a frame does not fit into the buffer\n");
            here.is_done = true;
        }
    }

    /// Returns what follows the request, or all of `input` if the request is not there whole.
    static bytes answer_upgrade(connection& here, bytes input) {
        const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
        const std::size_t end = text.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            return input;
        }
        const std::string_view key = field_of(text.substr(0, end), "Sec-WebSocket-Key");
        const std::string answer = key.empty()
                                       ? "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
                                       : upgrade_response(key);
        here.is_upgraded = !key.empty();
        here.is_done = key.empty();
        here.socket.send({reinterpret_cast<const unsigned char*>(answer.data()), answer.size()});
        return input.subspan(end + 4);
    }

    /// Returns what is left: the beginning of a frame.
    bytes echo_frames(connection& here, bytes input) {
        bytes rest = input;
        std::size_t answered = 0; // of `input`, overwritten with the answers
        while (const auto header = read_header(rest)) {
            if (header->frame_bytes() > rest.size() || here.is_done) {
                break;
            }
            const bytes payload =
                rest.subspan(header->header_bytes, static_cast<std::size_t>(header->payload_bytes));
            rest = rest.subspan(static_cast<std::size_t>(header->frame_bytes()));
            apply_mask(payload, header->masking_key.value_or(0));
            here.is_done = header->code == opcode::close;
            if (header->code == opcode::pong) {
                continue;
            }
            frame_header answer = *header;
            answer.masking_key.reset();
            answer.code = header->code == opcode::ping ? opcode::pong : header->code;
            const bool is_message = header->code <= opcode::binary && !payload.empty();
            const fault spoil = is_message ? next_fault() : fault::none;
            if (spoil != fault::none) {
                here.socket.send(input.first(answered));
                answered = 0;
                send_spoilt(here, answer, payload, spoil);
                continue;
            }
            std::array<unsigned char, max_header_bytes> head;
            const std::size_t head_bytes = write_header(head, answer);
            std::memcpy(input.data() + answered, head.data(), head_bytes);
            std::memmove(input.data() + answered + head_bytes, payload.data(), payload.size());
            answered += head_bytes + payload.size();
        }
        here.socket.send(input.first(answered));
        return rest;
    }

    fault next_fault() {
        return faults_.kind != fault::none && ++messages_ % faults_.every == 0 ? faults_.kind
                                                                               : fault::none;
    }

    static void send_spoilt(connection& here, frame_header answer, bytes payload, fault spoil) {
        if (spoil == fault::drop) {
            return;
        }
        if (spoil == fault::flip) {
            payload.back() = static_cast<unsigned char>(payload.back() ^ 1);
        }
        if (spoil == fault::cut) {
            payload = payload.first(payload.size() - 1);
        }
        answer.payload_bytes = payload.size();
        std::array<unsigned char, max_header_bytes> head;
        const const_bytes header = const_bytes(head).first(write_header(head, answer));
        for (int copies = spoil == fault::repeat ? 2 : 1; copies > 0; --copies) {
            here.socket.send(header);
            here.socket.send(payload);
        }
    }

    const fault_settings faults_;
    std::uint64_t messages_ = 0;
    std::vector<unsigned char> buffer_ = std::vector<unsigned char>(2 * 1024 * 1024);
};

/// Sends every client a message of its own, or a ping, from time to time, numbered for each client.
class publisher {
public:
    publisher(std::chrono::microseconds period, opcode code, std::size_t message_bytes)
        : period_(period), code_(code), pattern_(message_bytes), payload_(message_bytes) {}

    [[nodiscard]] bool is_on() const { return period_.count() > 0; }

    /// How long the event loop may wait; negative: for ever.
    [[nodiscard]] int wait_ms() const {
        if (!is_on())
            return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - clock::now());
        return std::max(0, static_cast<int>(left.count()));
    }

    void publish_if_due(const std::set<connection*>& to) {
        if (!is_on() || clock::now() < next_) {
            return;
        }
        next_ = std::max(next_ + period_, clock::now());
        for (connection* const each : to) {
            if (each->is_upgraded && !each->socket.is_blocked()) {
                send_to(*each);
            }
        }
    }

private:
    using clock = std::chrono::steady_clock;

    void send_to(connection& to) {
        pattern_.write(payload_, 0, to.published++);
        frame_header header;
        header.code = code_;
        header.payload_bytes = payload_.size();
        frame_.resize(max_header_bytes);
        frame_.resize(write_header(frame_, header));
        frame_.insert(frame_.end(), payload_.begin(), payload_.end());
        to.socket.send(frame_);
    }

    const std::chrono::microseconds period_;
    const opcode code_;
    const message_pattern pattern_;
    clock::time_point next_ = clock::now();
    std::vector<unsigned char> payload_;
    std::vector<unsigned char> frame_;
};

[[noreturn]] void serve(std::uint16_t port, fault_settings faults, publisher published) {
    const int epoll = make_epoll();
    const int listener = listen_on(port);
    watch(epoll, listener, nullptr);
    echo_app app(faults);
    std::set<connection*> clients; // each is deleted below, once it is done
    std::array<epoll_event, 512> events;
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()),
                                       published.wait_ms());
        published.publish_if_due(clients);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.ptr == nullptr) {
                for (int made = accept_from(listener); made >= 0; made = accept_from(listener)) {
                    watch(epoll, made, *clients.insert(new connection(made)).first);
                }
                continue;
            }
            auto* const here = static_cast<connection*>(event.data.ptr);
            app.on_event(*here, event.events);
            if (here->is_done) { // one registration, so no other event of this batch names it
                clients.erase(here);
                delete here;
            }
        }
    }
}

publisher publisher_of(const options& given) {
    const auto period = [&](std::string_view name) {
        return std::chrono::microseconds(given.number(name, 1000, 3'600'000'000, 0));
    };
    if (period("ping-every-us").count() > 0) {
        return {period("ping-every-us"), opcode::ping, message_pattern::min_bytes};
    }
    return {period("publish-every-us"), opcode::text,
            given.number("message-bytes", message_pattern::min_bytes, 1024 * 1024, 64)};
}

fault_settings faults_of(const options& given) {
    constexpr std::array<std::string_view, 5> names{"none", "flip", "drop", "repeat", "cut"};
    const std::string wanted = given.text("fault").value_or("none");
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == wanted) {
            return {static_cast<fault>(i), given.number("fault-every", 1, UINT32_MAX, 1)};
        }
    }
    throw usage_error("`--fault " + wanted + "` must be flip, drop, repeat or cut");
}

} // namespace

} // namespace pulsegate::bench

int main(int argc, char** argv) {
    using namespace pulsegate::bench;
    try {
        const options given(std::span(argv, static_cast<std::size_t>(argc)).subspan(1),
                            {"listen", "fault", "fault-every", "publish-every-us", "ping-every-us",
                             "message-bytes"});
        serve(given.port("listen"), faults_of(given), publisher_of(given));
    } catch (const usage_error& error) {
        std::fprintf(stderr, "bench_echo_app: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_echo_app: %s\n", error.what());
        return 1;
    }
}
