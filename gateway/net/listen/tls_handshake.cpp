#include "net/listen/tls_handshake.hpp"

#include "base/log.hpp"

#include <string>

namespace pulsegate {
namespace {

constexpr milliseconds last_wait{2'000}; // for lingering

} // namespace

tls_handshake::tls_handshake(worker_context& worker, connection&& client,
                             const std::optional<ip_address>& peer,
                             std::shared_ptr<const server_tls>&& tls)
    : worker_(worker), client_(std::move(client)), peer_(peer), context_(std::move(tls)),
      tls_(context_->accept(client_.descriptor())) {
    open_.emplace(*this);
}

void tls_handshake::begin(worker_context& worker, connection client, accepted_client known,
                          std::shared_ptr<const server_tls> tls) {
    if (tls == nullptr)
        return handshake::begin(worker, std::move(client), std::move(known));
    auto* const self = new tls_handshake(worker, std::move(client), known.peer, std::move(tls));
    const operation keep_alive(*self);
    worker.members.push_back(*self);
    ++worker.count.handshakes_live;
    worker.wheel.arm(*self, worker.now().real + worker.settings->config.limits.handshake);
    if (!known.bytes.empty()) // what may begin a PROXY header begins no TLS
        return self->give_up(rejection::tls_failed);
    self->wait(EPOLLIN);
}

void tls_handshake::wait(std::uint32_t events) {
    if (!client_.watch(*this, events))
        give_up(rejection::client_gone);
}

void tls_handshake::on_ready(std::uint32_t) {
    const operation keep_alive(*this);
    if (step_ == step::lingering)
        linger();
    else if (!is_in_queue())
        worker_.tls_steps.enter(*this);
}

void tls_handshake::on_turn() {
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

void tls_handshake::hand_over() {
    context_->tell_of_kernel(tls_);
    leave();
    client_.secure(std::move(tls_));
    handshake::begin(worker_, std::move(client_), {peer_, {}});
}

void tls_handshake::fail() {
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

void tls_handshake::linger() {
    if (client_.read(worker_.read_buffer()).is_over)
        return cut();
    wait(EPOLLIN);
}

void tls_handshake::give_up(rejection why) {
    worker_.count.on_rejected(why);
    cut();
}

void tls_handshake::cut() {
    leave();
    client_.cut();
}

/// The connection is no longer this one's. To be called while an operation keeps *this alive.
void tls_handshake::leave() {
    timing_wheel::disarm(*this);
    leave_queue();
    open_.reset();
}

void tls_handshake::on_due() {
    const operation keep_alive(*this);
    if (step_ == step::shaking)
        give_up(rejection::handshake_timeout);
    else
        cut();
}

void tls_handshake::on_drain(time_point) {} // what has begun may end

void tls_handshake::on_reload() {} // likewise

void tls_handshake::on_shutdown() {
    const operation keep_alive(*this);
    if (step_ == step::shaking)
        give_up(rejection::draining);
    else
        cut();
}

void tls_handshake::finish() {
    --worker_.count.handshakes_live;
    delete this;
}

} // namespace pulsegate
