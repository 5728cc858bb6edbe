#include "net/securing.hpp"

#include "base/log.hpp"

#include <sys/socket.h>

#include <array>
#include <string>

namespace pulsegate {
namespace {

constexpr milliseconds last_wait{2'000}; // for lingering

} // namespace

securing::securing(worker_context& worker, stream_socket&& client,
                   const std::optional<ip_address>& peer, std::shared_ptr<const server_tls>&& tls)
    : worker_(worker), client_(std::move(client)), peer_(peer), context_(std::move(tls)),
      tls_(context_->accept(client_.native_handle())) {}

void securing::begin(worker_context& worker, stream_socket client, arrived_client known,
                     std::shared_ptr<const server_tls> tls) {
    if (tls == nullptr)
        return handshake::begin(worker, transport(std::move(client)), std::move(known));
    auto* const self = new securing(worker, std::move(client), known.peer, std::move(tls));
    const operation keep_alive(*self);
    worker.members.push_back(*self);
    ++worker.count.handshakes_live;
    send_at_once(self->client_);
    worker.wheel.arm(*self, worker.now().real + worker.settings->config.limits.handshake);
    if (!known.bytes.empty()) // what may begin a PROXY header begins no TLS
        return self->give_up(rejection::tls_failed);
    self->wait(stream_socket::wait_read);
}

void securing::wait(stream_socket::wait_type what) {
    client_.async_wait(what, [self = operation(*this)](error_code error) {
        if (self->step_ == step::lingering)
            return self->linger();
        if (self->step_ != step::shaking)
            return;
        if (error)
            return self->give_up(rejection::client_gone);
        self->queued_.emplace(*self.operator->());
        self->worker_.secure.enter(*self.operator->());
    });
}

void securing::on_turn() {
    const operation keep_alive(*this);
    queued_.reset();
    switch (tls_.handshake()) {
    case tls_stream::outcome::done:
        return hand_over();
    case tls_stream::outcome::wants_read:
        return wait(stream_socket::wait_read);
    case tls_stream::outcome::wants_write:
        return wait(stream_socket::wait_write);
    case tls_stream::outcome::ended: // as load balancers do that only look whether somebody listens
        return give_up(rejection::client_gone);
    case tls_stream::outcome::failed:
        return fail();
    }
}

void securing::hand_over() {
    context_->tell_of_kernel(tls_);
    step_ = step::gone;
    timing_wheel::disarm(*this);
    handshake::begin(worker_, transport(std::move(client_), std::move(tls_)), {peer_, {}});
}

void securing::fail() {
    if (log::is_enabled(log::level::info)) {
        const std::string client = peer_ ? peer_->to_string() : "unix";
        const std::string reason = tls_.failure();
        log::write(log::level::info, "TLS handshake failed",
                   {{"client", client}, {"reason", reason}});
    }
    if (tls_stream::was_plain_http()) {
        step_ = step::gone;
        timing_wheel::disarm(*this);
        return handshake::begin_refused(
            worker_, transport(std::move(client_)),
            {rejection::tls_failed, http::status::bad_request,
             "this port speaks TLS; use wss:// or https://, behind Nginx `proxy_pass https://…`"});
    }
    worker_.count.on_rejected(rejection::tls_failed);
    step_ = step::lingering;
    worker_.wheel.arm(*this, worker_.now().real + last_wait);
    error_code ignored;
    client_.shutdown(stream_socket::shutdown_send, ignored);
    linger();
}

void securing::linger() {
    std::array<char, 4096> thrown_away;
    const auto count =
        ::recv(client_.native_handle(), thrown_away.data(), thrown_away.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        return cut();
    wait(stream_socket::wait_read);
}

void securing::give_up(rejection why) {
    worker_.count.on_rejected(why);
    cut();
}

void securing::cut() {
    step_ = step::gone;
    timing_wheel::disarm(*this);
    leave_queue();
    queued_.reset();
    error_code ignored;
    client_.close(ignored);
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
