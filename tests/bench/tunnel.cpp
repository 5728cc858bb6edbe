// A TCP tunnel that knows nothing of WebSocket: the yardstick of what relaying costs at the least.
// One thread, one epoll instance. Every descriptor is registered once, edge-triggered, so a message
// costs one epoll_wait (shared by all that is ready), one recv and one send. Nothing is allocated
// unless a write would block.
//
//     bench_tunnel --listen PORT --app PORT
#include "bench/options.hpp"
#include "bench/sockets.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace pulsegate::bench {

namespace {

struct tunnel;

struct leg {
    int descriptor = -1;
    leg* other = nullptr;
    tunnel* whole = nullptr;
    std::string waiting;    // for this leg's peer; while it is not empty the other leg is not read
    bool has_ended = false; // its peer will send no more
};

struct tunnel {
    leg client, app;
    bool is_closed = false;
};

std::array<char, 64 * 1024> buffer;
std::vector<std::unique_ptr<tunnel>> closed; // until no event of the current batch can name them

void close_tunnel(tunnel& pair) {
    if (!pair.is_closed) {
        pair.is_closed = true;
        ::close(pair.client.descriptor);
        ::close(pair.app.descriptor);
        closed.emplace_back(&pair);
    }
}

bool would_block() {
    return errno == EAGAIN;
}

/// Returns false if the tunnel had to be closed.
bool send_to(leg& to, const char* data, std::size_t size) {
    const ssize_t sent = ::send(to.descriptor, data, size, MSG_NOSIGNAL);
    if (sent < 0 && !would_block()) {
        close_tunnel(*to.whole);
        return false;
    }
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (taken < size) {
        to.waiting.assign(data + taken, size - taken);
    }
    return true;
}

/// Carries over what can be read. A read that does not fill the buffer has emptied the socket, and
/// more bytes raise a new edge; only a peer's end, announced with the same edge, needs another
/// read.
void relay(leg& from, bool end_announced) {
    leg& to = *from.other;
    while (to.waiting.empty() && !from.has_ended) {
        const ssize_t got = ::recv(from.descriptor, buffer.data(), buffer.size(), 0);
        if (got < 0) {
            if (!would_block()) {
                close_tunnel(*from.whole);
            }
            return;
        }
        if (got == 0) {
            from.has_ended = true;
            if (to.has_ended) {
                close_tunnel(*from.whole);
            } else {
                ::shutdown(to.descriptor, SHUT_WR);
            }
            return;
        }
        const auto size = static_cast<std::size_t>(got);
        if (!send_to(to, buffer.data(), size) || (size < buffer.size() && !end_announced)) {
            return;
        }
    }
}

void on_event(leg& here, std::uint32_t events) {
    if (here.whole->is_closed) {
        return;
    }
    if (!here.waiting.empty() && (events & EPOLLOUT) != 0) {
        const std::string data = std::move(here.waiting);
        here.waiting.clear();
        if (!send_to(here, data.data(), data.size())) {
            return;
        }
        relay(*here.other, true); // its edges were ignored while this leg was blocked
    }
    if (!here.whole->is_closed && (events & ~std::uint32_t{EPOLLOUT}) != 0) {
        relay(here, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
}

void accept_all(int listener, int epoll, std::uint16_t app_port) {
    for (int client = accept_from(listener); client >= 0; client = accept_from(listener)) {
        int app = -1;
        try {
            app = connect_to(app_port);
        } catch (const std::system_error& error) {
            std::fprintf(stderr, "bench_tunnel: %s\n", error.what());
            ::close(client);
            continue;
        }
        auto* const pair = new tunnel; // owned by itself until close_tunnel hands it to `closed`
        pair->client = {client, &pair->app, pair, {}, false};
        pair->app = {app, &pair->client, pair, {}, false};
        watch(epoll, app, &pair->app);
        watch(epoll, client, &pair->client);
    }
}

[[noreturn]] void serve(std::uint16_t port, std::uint16_t app_port) {
    const int epoll = make_epoll();
    const int listener = listen_on(port);
    watch(epoll, listener, nullptr);
    std::array<epoll_event, 512> events;
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.ptr == nullptr) {
                accept_all(listener, epoll, app_port);
            } else {
                on_event(*static_cast<leg*>(event.data.ptr), event.events);
            }
        }
        closed.clear();
    }
}

} // namespace

} // namespace pulsegate::bench

int main(int argc, char** argv) {
    using namespace pulsegate::bench;
    try {
        const options given(std::span(argv, static_cast<std::size_t>(argc)).subspan(1),
                            {"listen", "app"});
        serve(given.port("listen"), given.port("app"));
    } catch (const usage_error& error) {
        std::fprintf(stderr, "bench_tunnel: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_tunnel: %s\n", error.what());
        return 1;
    }
}
