#include "net/worker.hpp"

#include "net/member_walk.hpp"

#include <algorithm>

namespace pulsegate {

worker::worker(settings_pointer settings, connection_quota& quota, shared_admission& admission,
               shared_upstreams& upstreams)
    : context_(std::move(settings), quota, admission, upstreams),
      ticker_(context_.io.get_executor()) {}

worker::~worker() {
    stop();
}

void worker::listen(stream_acceptor acceptor, std::size_t index, bool is_inherited) {
    listeners_.push_back(
        std::make_unique<listener>(context_, std::move(acceptor), index, is_inherited));
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
    context_.poll.expect_tick(ticker_.expiry());
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
    context_.poll.post([this, what = std::move(what)] { what(context_); });
}

void worker::drain(time_point until, bool has_heir) {
    post([this, until, has_heir](worker_context& context) {
        context.drain_until = until;
        const bool has_own_sockets =
            std::any_of(listeners_.begin(), listeners_.end(),
                        [](const auto& each) { return !each->is_inherited(); });
        context.refuses_newcomers = has_own_sockets && !has_heir;
        for (const auto& each : listeners_)
            each->on_drain(has_heir);
        // Sessions that begin from here on look at `drain_until` themselves.
        walk_members(
            context,
            [until](worker_member& member, moment) {
                member.on_drain(until);
                return true;
            },
            [] {});
    });
}

void worker::last_call() {
    post([this](worker_context&) {
        for (const auto& each : listeners_)
            each->on_last_call();
    });
}

void worker::reload(settings_pointer settings, std::function<void()> done) {
    post([this, settings = std::move(settings), done = std::move(done)](worker_context& context) {
        context.settings = settings;
        context.count.count_for(settings->route_numbers);
        for (const auto& each : listeners_)
            each->on_settings();
        walk_members(
            context,
            [](worker_member& member, moment) {
                member.on_reload();
                return true;
            },
            done);
    });
}

void worker::stop() {
    if (!thread_.joinable())
        return;
    context_.poll.post([this] {
        is_stopping_ = true;
        ticker_.cancel();
        for (const auto& each : listeners_)
            each->stop();
        context_.walks.stop();
        // All in one turn, for nobody is served any more. A member leaves the list once its pending
        // operations have returned, never inside on_shutdown().
        for (auto at = context_.members.begin(); at != context_.members.end();)
            (at++)->on_shutdown();
        context_.left.clear();
        context_.idle_apps.clear();
        context_.poll.stop();
    });
    thread_.join();
}

} // namespace pulsegate
