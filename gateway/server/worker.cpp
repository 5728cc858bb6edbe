#include "server/worker.hpp"

#include <boost/asio/post.hpp>

namespace pulsegate {

worker::worker(std::shared_ptr<const configuration> config, connection_quota& quota)
    : context_(std::move(config), quota), ticker_(context_.io.get_executor()) {}

worker::~worker() {
    stop();
}

void worker::listen(stream_acceptor acceptor) {
    listeners_.push_back(std::make_unique<listener>(context_, std::move(acceptor)));
}

void worker::start() {
    ticker_.expires_at(clock::now() + wheel_tick);
    tick();
    context_.poll.start();
    for (const auto& each : listeners_)
        each->start();
    thread_ = std::thread([this] { context_.io.run(); });
}

void worker::tick() {
    ticker_.async_wait([this](error_code cancelled) {
        if (cancelled || is_stopping_)
            return;
        const moment now = context_.now();
        context_.count.event_loop_lag.observe(now.real - ticker_.expiry());
        context_.wheel.advance(now.real);
        ticker_.expires_at(std::max(ticker_.expiry() + wheel_tick, now.real));
        tick();
    });
}

void worker::post(std::function<void(worker_context&)> what) {
    asio::post(context_.io, [this, what = std::move(what)] { what(context_); });
}

void worker::drain(time_point until) {
    post([until](worker_context& context) {
        context.drain_until = until;
        for (worker_member& member : context.members)
            member.on_drain(until);
    });
}

void worker::stop() {
    if (!thread_.joinable())
        return;
    asio::post(context_.io, [this] {
        is_stopping_ = true;
        ticker_.cancel();
        for (const auto& each : listeners_)
            each->stop();
        // A member leaves the list once its pending operations have returned, never inside
        // on_shutdown().
        for (auto at = context_.members.begin(); at != context_.members.end();)
            (at++)->on_shutdown();
        context_.poll.stop();
    });
    thread_.join();
}

} // namespace pulsegate
