#include "net/listen/tls_handshake.hpp"

#include "client/client_address.hpp"

#include <string>

namespace pulsegate {
namespace {

constexpr milliseconds last_wait{2'000}; // for lingering

} // namespace

tls_handshake::tls_handshake(worker_context& worker, connection&& client, accepted_client&& known,
                             std::shared_ptr<const server_tls>&& tls)
    : opening(worker, std::move(client), std::move(known)), context_(std::move(tls)) {}

void tls_handshake::begin(worker_context& worker, connection client, accepted_client known,
                          std::shared_ptr<const server_tls> tls) {
    if (tls == nullptr)
        return handshake::begin(worker, std::move(client), std::move(known));
    auto* const self =
        new tls_handshake(worker, std::move(client), std::move(known), std::move(tls));
    const operation<opening> keep_alive(*self);
    self->arm(worker.settings->config.limits.handshake);
    if (!self->known_.bytes.empty()) // what may begin a PROXY header begins no TLS
        return self->give_up(rejection::tls_failed, "what came first was no TLS");
    self->wait_for_client(EPOLLIN);
}

void tls_handshake::wait_for_client(std::uint32_t events) {
    known_.place.wait_for_client(as_newcomer());
    wait(*this, tls_queue::told_once(events));
}

void tls_handshake::on_ready(std::uint32_t events) {
    const operation<opening> keep_alive(*this);
    if (step_ == step::lingering)
        return linger();
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) // a step for nobody
        return give_up(rejection::client_gone);
    on_bytes();
}

void tls_handshake::on_bytes() {
    if (step_ != step::shaking || is_in_queue())
        return;
    if (!tls_ && !may_begin())
        return give_up(rejection::client_rate); // no text is readable without TLS
    known_.place.wait_for_gateway();
    worker_.tls_steps.enter(*this);
}

/// Counts the handshake for its client before it costs anything, where the peer is the client; a
/// proxy's requests tell who theirs is.
bool tls_handshake::may_begin() {
    const service_settings& settings = *worker_.settings;
    const std::uint64_t rate = settings.config.limits.handshake_rate_per_client;
    if (rate == 0 || !known_.peer || is_trusted(*known_.peer, settings.trusted_proxies))
        return true;
    known_.is_counted_in_rate = true;
    return !worker_.admission.clients.begin_handshake(*known_.peer, rate, worker_.now().real);
}

void tls_handshake::on_turn() {
    const operation<opening> keep_alive(*this);
    if (!tls_)
        tls_ = context_->accept(client_.descriptor());
    switch (tls_.handshake()) {
    case tls_stream::outcome::done:
        return hand_over();
    case tls_stream::outcome::wants_read:
        return wait_for_client(EPOLLIN);
    case tls_stream::outcome::wants_write:
        return wait_for_client(EPOLLOUT);
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
    handshake::begin(worker_, std::move(client_), std::move(known_));
}

void tls_handshake::fail() {
    if (tls_stream::was_plain_http()) {
        leave();
        return handshake::begin_refused(worker_, std::move(client_), std::move(known_),
                                        refusal_for(rejection::tls_failed));
    }
    reject(rejection::tls_failed, 0, tls_.failure());
    known_.place.wait_for_client(as_newcomer());
    step_ = step::lingering;
    arm(last_wait);
    client_.shut();
    linger();
}

void tls_handshake::linger() {
    if (client_.read(worker_.read_buffer()).is_over)
        return cut();
    wait(*this, EPOLLIN);
}

void tls_handshake::on_due() {
    const operation<opening> keep_alive(*this);
    give_up(rejection::handshake_timeout); // counts nothing after the alert
}

} // namespace pulsegate
