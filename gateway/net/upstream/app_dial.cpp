#include "net/upstream/app_dial.hpp"

#include "net/upstream/echo.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace pulsegate {
namespace {

using tcp_resolver = asio::ip::basic_resolver<asio::ip::tcp, io_executor>;

} // namespace

/// One dial, which its app_dial holds until it is cancelled; then it has no `done`, no connection
/// and no place in a queue.
struct app_dial::attempt final : std::enable_shared_from_this<attempt>,
                                 poll_target,
                                 tls_queue::entry {
    attempt(worker_context& of, std::shared_ptr<const client_tls>&& with, on_done&& then)
        : worker(of), resolver(of.io.get_executor()), app(of.poll), context(std::move(with)),
          done(std::move(then)) {}

    void resolve(const tcp_address& to) {
        error_code not_literal;
        const auto ip = asio::ip::make_address(to.host, not_literal);
        if (!not_literal) {
            endpoints = {{ip, to.port}};
            connect();
            return;
        }
        resolving.emplace(worker.poll);
        resolver.async_resolve(
            to.host, std::to_string(to.port), tcp_resolver::numeric_service,
            [self = shared_from_this()](error_code error, tcp_resolver::results_type found) {
                self->resolving.reset();
                if (!self->done)
                    return;
                if (error)
                    return self->fail(app_error::resolve,
                                      "the application's host name does not resolve");
                for (const auto& each : found)
                    self->endpoints.push_back(each.endpoint());
                self->connect();
            });
    }

    /// Tries the endpoints from `next` on, until one of them may answer.
    void connect() {
        while (next < endpoints.size()) {
            const asio::ip::tcp::endpoint& to = endpoints[next++];
            app = connection(worker.poll, ::socket(to.protocol().family(),
                                                   SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            if (app.is_cut()) {
                why = errno;
                continue;
            }
            if (app.descriptor() >= worker.settings->descriptors.of_apps &&
                !worker.left.make_room()) {
                why = EMFILE; // the rest is for saying so
                app.cut();
                continue;
            }
            set_connection_options(app.descriptor());
            limit_unsent(app.descriptor(), worker.settings->config.limits.unsent_bytes);
            const bool is_begun =
                ::connect(app.descriptor(), to.data(), static_cast<socklen_t>(to.size())) == 0 ||
                errno == EINPROGRESS || errno == EINTR;
            if (is_begun && app.watch(*this, tls_queue::told_once(EPOLLOUT)))
                return;
            why = errno;
            app.cut();
        }
        fail_later(why, "the application cannot be reached");
    }

    void on_ready(std::uint32_t) override {
        const auto keep_alive = shared_from_this();
        if (is_connected) {
            if (!is_in_queue())
                worker.tls_steps.enter(*this);
            return;
        }
        socklen_t size = sizeof why;
        ::getsockopt(app.descriptor(), SOL_SOCKET, SO_ERROR, &why, &size);
        if (why != 0) {
            app.cut();
            return connect();
        }
        is_connected = true;
        if (context == nullptr)
            return succeed();
        tls = context->connect(app.descriptor());
        worker.tls_steps.enter(*this);
    }

    void on_turn() override {
        const auto keep_alive = shared_from_this();
        switch (tls.handshake()) {
        case tls_stream::outcome::done:
            app.secure(std::move(tls));
            return succeed();
        case tls_stream::outcome::wants_read:
            return wait(EPOLLIN);
        case tls_stream::outcome::wants_write:
            return wait(EPOLLOUT);
        case tls_stream::outcome::ended:
            return fail(app_error::tls, "the application ended the connection instead of TLS; "
                                        "does it speak ws:// on this port?");
        case tls_stream::outcome::failed:
            return fail(app_error::tls, "no TLS with the application: " + tls.failure());
        }
    }

    void wait(std::uint32_t events) {
        if (!app.watch(*this, tls_queue::told_once(events)))
            fail(app_error::tls, "the kernel lacks memory for another connection");
    }

    void succeed() {
        if (const auto then = std::exchange(done, nullptr))
            then({std::nullopt, "", std::move(app), false});
    }

    void fail(app_error kind, std::string text, bool lacks_descriptors = false) {
        if (const auto then = std::exchange(done, nullptr))
            then({kind, std::move(text), connection(worker.poll), lacks_descriptors});
    }

    /// Nothing is reported from within start().
    void fail_later(int reason, std::string text) {
        const bool lacks_descriptors = reason == EMFILE || reason == ENFILE;
        worker.poll.post([self = shared_from_this(), lacks_descriptors, text = std::move(text)] {
            self->fail(app_error::connect, text, lacks_descriptors);
        });
    }

    void cancel() {
        done = nullptr;
        resolver.cancel();
        leave_queue();
        app.cut();
    }

    worker_context& worker;
    tcp_resolver resolver;
    std::optional<poll_hold> resolving;
    connection app;
    bool is_connected = false;
    int why = 0; // errno of the last endpoint that failed
    std::shared_ptr<const client_tls> context;
    tls_stream tls;
    std::vector<asio::ip::tcp::endpoint> endpoints;
    std::size_t next = 0;
    on_done done;
};

void app_dial::start(const upstream& to, std::shared_ptr<const client_tls> tls,
                     std::uint64_t max_message_bytes, on_done done) {
    attempt_ = std::make_shared<attempt>(worker_, std::move(tls), std::move(done));
    if (const auto* app = std::get_if<websocket_upstream>(&to)) {
        attempt_->resolve(app->address);
        return;
    }
    worker_.poll.post([attempt = attempt_, &worker = worker_, max_message_bytes] {
        if (!attempt->done)
            return;
        const int descriptor = start_echo(worker, max_message_bytes);
        if (descriptor < 0)
            return attempt->fail_later(errno, "the built-in echo cannot be reached");
        attempt->app = connection(worker.poll, descriptor);
        attempt->succeed();
    });
}

void app_dial::cancel() {
    if (const auto cancelled = std::exchange(attempt_, nullptr))
        cancelled->cancel();
}

} // namespace pulsegate
