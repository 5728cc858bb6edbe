#include "net/upstream/app_dial.hpp"

#include "base/paced_log.hpp"
#include "net/upstream/echo.hpp"
#include "net/upstream/one_address.hpp"

#include <algorithm>
#include <cerrno>
#include <list>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace pulsegate {
namespace {

using endpoint = one_address::endpoint;

std::string text_of(const endpoint& of) {
    return to_string(socket_address{tcp_address{of.address().to_string(), of.port()}});
}

double in_seconds(duration time) {
    return std::chrono::duration<double>(time).count();
}

} // namespace

/// One dial, which its app_dial holds until it is cancelled; then it has no `done`, no connection
/// and no place in a queue.
class app_dial::attempt final : public std::enable_shared_from_this<attempt>,
                                wheel_node,
                                one_address::owner {
public:
    attempt(worker_context& worker, order&& how, on_done&& then)
        : worker_(worker), order_(std::move(how)), done_(std::move(then)),
          began_(worker.now().real) {}

    void start(const websocket_upstream& app) {
        port_ = app.address.port;
        host_ = app.address.host;
        error_code no_literal;
        const auto ip = asio::ip::make_address(host_, no_literal);
        if (no_literal)
            return look_up();
        endpoints_ = {{ip, port_}};
        try_next();
    }

    void start_echo() {
        if (!done_)
            return;
        const int descriptor = pulsegate::start_echo(worker_, order_.max_message_bytes);
        if (descriptor < 0) {
            const bool lacks_descriptors = errno == EMFILE || errno == ENFILE;
            return lacks_descriptors ? end_without(rejection::no_descriptors, std::nullopt, "")
                                     : end_without(rejection::app_unreachable, app_error::connect,
                                                   "the built-in echo cannot be reached");
        }
        end_with(connection(worker_.poll, descriptor), "echo");
    }

    void time_out() {
        const time_point now = worker_.now().real;
        if (endpoints_.empty() && !host_.empty())
            failures_.push_back({host_, "look up", "no answer", now - began_});
        for (const one_address& each : tried_)
            if (!each.is_over())
                failures_.push_back(
                    {text_of(each.to()), each.tried(), "no answer", now - each.began()});
        write_failures(log::level::warning);
        cancel();
    }

    void cancel() {
        write_failures(log::level::info);
        stop();
    }

private:
    struct failed_step {
        std::string address;
        std::string_view tried;
        std::string why;
        duration took;
    };

    // wheel_node
    void on_due() override {
        const auto keep_alive = shared_from_this();
        if (endpoints_.empty())
            look_up(); // tired of waiting, and there are older addresses
        else
            try_next();
    }

    /// A quarter of the time at most, since there is more to do.
    [[nodiscard]] duration patience() const {
        return std::min<duration>(kept_name::patience, order_.time / 4);
    }

    [[nodiscard]] duration head_start_of_each() const {
        return std::min<duration>(head_start,
                                  order_.time / static_cast<int>(endpoints_.size() + 1));
    }

    void look_up() {
        const time_point now = worker_.now().real;
        auto answer = worker_.upstreams.names.ask(
            host_, now, patience(),
            [poll = &worker_.poll, self = shared_from_this()]() mutable {
                poll->post([self = std::move(self)] { self->on_name(); });
            },
            name_);
        switch (answer.kind) {
        case kept_name::reply::kinds::wait:
            if (answer.has_older)
                worker_.wheel.arm(*this, now + patience());
            return;
        case kept_name::reply::kinds::failed:
            failures_.push_back({host_, "look up", std::move(answer.error), now - began_});
            return end_later();
        case kept_name::reply::kinds::found:
            for (const auto& each : *answer.addresses)
                endpoints_.emplace_back(each, port_);
            return try_next();
        }
    }

    void on_name() {
        if (done_ && endpoints_.empty())
            look_up();
    }

    /// Tries the addresses that were not tried yet, until one of them may answer.
    void try_next() {
        timing_wheel::disarm(*this);
        const time_point now = worker_.now().real;
        while (next_ < endpoints_.size()) {
            one_address& one = tried_.emplace_back(worker_, static_cast<one_address::owner&>(*this),
                                                   endpoints_[next_++], order_.tls.get());
            if (!one.start(now)) {
                note(one, now);
                continue;
            }
            if (next_ < endpoints_.size())
                worker_.wheel.arm(*this, now + head_start_of_each());
            return;
        }
        if (std::all_of(tried_.begin(), tried_.end(),
                        [](const one_address& each) { return each.is_over(); }))
            end_later();
    }

    // one_address::owner
    void on_over(one_address& which) override {
        const auto keep_alive = shared_from_this();
        if (!which.has_failed())
            return end_with(which.take(), text_of(which.to()));
        note(which, worker_.now().real);
        try_next();
    }

    void note(const one_address& failed, time_point now) {
        failures_.push_back(
            {text_of(failed.to()), failed.tried(), failed.why(), now - failed.began()});
    }

    /// Nothing is reported from within start().
    void end_later() {
        worker_.poll.post([self = shared_from_this()] { self->end_without(); });
    }

    /// The failure that says most: of several addresses, one may lack IPv6, and nobody may listen
    /// at another.
    void end_without() {
        const auto first = [this](one_address::failures what) {
            const auto found =
                std::find_if(tried_.begin(), tried_.end(), [&](const one_address& each) {
                    return each.has_failed() && each.failure() == what;
                });
            return found != tried_.end() ? &*found : nullptr;
        };
        if (tried_.empty())
            return end_without(rejection::app_unreachable, app_error::resolve,
                               "the application's host name does not resolve");
        if (first(one_address::failures::no_descriptors) != nullptr)
            return end_without(rejection::no_descriptors, std::nullopt, "");
        if (first(one_address::failures::no_port) != nullptr)
            return end_without(rejection::no_port, app_error::no_port,
                               std::string(row_of(rejection::no_port).text));
        if (const one_address* const one = first(one_address::failures::tls))
            return end_without(rejection::app_unreachable, app_error::tls, one->why());
        end_without(rejection::app_unreachable, app_error::connect,
                    std::string(row_of(rejection::app_unreachable).text));
    }

    void end_without(rejection why, std::optional<app_error> kind, std::string text) {
        if (!done_)
            return;
        write_failures(log::level::warning);
        const auto then = std::exchange(done_, nullptr);
        stop();
        then({why, kind, std::move(text), connection(worker_.poll), ""});
    }

    void end_with(connection app, std::string address) {
        write_failures(log::level::info);
        const auto then = std::exchange(done_, nullptr);
        stop();
        if (then)
            then({std::nullopt, std::nullopt, "", std::move(app), std::move(address)});
    }

    void stop() {
        done_ = nullptr;
        name_ = {};
        timing_wheel::disarm(*this);
        for (one_address& each : tried_)
            each.cut();
    }

    void write_failures(log::level severity) {
        for (const failed_step& each : std::exchange(failures_, {}))
            log::write_paced(
                severity, "application not reached",
                {{"route", order_.route},
                 {"address", each.address},
                 {"tried", each.tried},
                 {"error", each.why}},
                {{"connection", order_.connection}, {"seconds", in_seconds(each.took)}});
    }

    worker_context& worker_;
    const order order_;
    on_done done_; // until it was called, or must not be
    const time_point began_;
    std::string host_;
    std::uint16_t port_ = 0;
    host_names::waiter name_;           // while it is looked up
    std::vector<endpoint> endpoints_;   // once they are known
    std::size_t next_ = 0;              // of them, to be tried
    std::list<one_address> tried_;      // as many as a name's addresses, at most
    std::vector<failed_step> failures_; // that no line tells of yet
};

void app_dial::start(const upstream& to, order how, on_done done) {
    attempt_ = std::make_shared<attempt>(worker_, std::move(how), std::move(done));
    if (const auto* const app = std::get_if<websocket_upstream>(&to))
        return attempt_->start(*app);
    worker_.poll.post([attempt = attempt_] { attempt->start_echo(); });
}

void app_dial::cancel() {
    if (const auto cancelled = std::exchange(attempt_, nullptr))
        cancelled->cancel();
}

void app_dial::time_out() {
    if (const auto late = std::exchange(attempt_, nullptr))
        late->time_out();
}

} // namespace pulsegate
