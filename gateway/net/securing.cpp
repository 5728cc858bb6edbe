#include "net/securing.hpp"

#include "base/log.hpp"

#include <string>

namespace pulsegate {
namespace {

constexpr milliseconds last_wait{2'000}; // for lingering

} // namespace

securing::securing(worker_context& worker, connection&& client,
                   const std::optional<ip_address>& peer, std::shared_ptr<const server_tls>&& tls)
    : worker_(worker), client_(std::move(client)), peer_(peer), context_(std::move(tls)),
      tls_(context_->accept(client_.descriptor())) {
    open_.emplace(*this);
}

void securing::begin(worker_context& worker, connection client, arrived_client known,
                     std::shared_ptr<const server_tls> tls) {
    if (tls == nullptr)
        return handshake::begin(worker, std::move(client), std::move(known));
    auto* const self = new securing(worker, std::move(client), known.peer, std::move(tls));
    const operation keep_alive(*self);
    worker.members.push_back(*self);
    ++worker.count.handshakes_live;
    worker.wheel.arm(*self, worker.now().real + worker.settings->config.limits.handshake);
    if (!known.bytes.empty()) // what may begin a PROXY header begins no TLS
        return self->give_up(rejection::tls_failed);
    self->wait(EPOLLIN);
}

void securing::wait(std::uint32_t events) {
    if (!client_.watch(*this, events))
        give_up(rejection::client_gone);
}

void securing::on_ready(std::uint32_t) {
    const operation keep_alive(*this);
    if (step_ == step::lingering)
        linger();
    else if (!is_in_queue())
        worker_.secure.enter(*this);
}

void securing::on_turn() {
    const operation keep_alive(*this);
    switch (tls_.handshake()) {
    case tls_stream::outcome::done:
        return hand_over();
    case tls_stream::outcome::wants_read:
        return wait(EPOLLIN);
    case tls_stream::outcome::wants_write:
        return wait(EPOLLOUT);
    case tls_stream::outcome::ended: // as load balancers do that only look whether somebody listens
        return give_up(rejection::client_gone);
    case tls_stream::outcome::failed:
        return fail();
    }
}

void securing::hand_over() {
    context_->tell_of_kernel(tls_);
    leave();
    client_.secure(std::move(tls_));
    handshake::begin(worker_, std::move(client_), {peer_, {}});
}

void securing::fail() {
    if (log::is_enabled(log::level::info)) {
        const std::string client = peer_ ? peer_->to_string() : "unix";
        const std::string reason = tls_.failure();
        log::write(log::level::info, "TLS handshake failed",
                   {{"client", client}, {"reason", reason}});
    }
    if (tls_stream::was_plain_http()) {
        leave();
        return handshake::begin_refused(
            worker_, std::move(client_),
            {rejection::tls_failed, http::status::bad_request,
             "this port speaks TLS; use wss:// or https://, behind Nginx `proxy_pass https://…`"});
    }
    worker_.count.on_rejected(rejection::tls_failed);
    step_ = step::lingering;
    worker_.wheel.arm(*this, worker_.now().real + last_wait);
    client_.shut();
    linger();
}

void securing::linger() {
    if (client_.read(worker_.read_buffer()).is_over)
        return cut();
    wait(EPOLLIN);
}

void securing::give_up(rejection why) {
    worker_.count.on_rejected(why);
    cut();
}

void securing::cut() {
    leave();
    client_.cut();
}

/// The connection is no longer this one's. To be called while an operation keeps *this alive.
void securing::leave() {
    timing_wheel::disarm(*this);
    leave_queue();
    open_.reset();
}

void securing::on_due() {
    const operation keep_alive(*this);
    if (step_ == step::shaking)
        give_up(rejection::handshake_timeout);
    else
        cut();
}

void securing::on_drain(time_point) {} // what has begun may end

void securing::on_reload() {} // likewise

void securing::on_shutdown() {
    const operation keep_alive(*this);
    if (step_ == step::shaking)
        give_up(rejection::draining);
    else
        cut();
}

void securing::finish() {
    --worker_.count.handshakes_live;
    delete this;
}

} // namespace pulsegate
