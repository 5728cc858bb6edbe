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
    : opening(worker, std::move(client), peer), context_(std::move(tls)),
      tls_(context_->accept(client_.descriptor())) {}

void tls_handshake::begin(worker_context& worker, connection client, accepted_client known,
                          std::shared_ptr<const server_tls> tls) {
    if (tls == nullptr)
        return handshake::begin(worker, std::move(client), std::move(known));
    auto* const self = new tls_handshake(worker, std::move(client), known.peer, std::move(tls));
    const operation<opening> keep_alive(*self);
    self->arm(worker.settings->config.limits.handshake);
    if (!known.bytes.empty()) // what may begin a PROXY header begins no TLS
        return self->give_up(rejection::tls_failed);
    self->wait(*self, tls_queue::told_once(EPOLLIN));
}

void tls_handshake::on_ready(std::uint32_t events) {
    const operation<opening> keep_alive(*this);
    if (step_ == step::lingering)
        return linger();
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) // a step for nobody
        return give_up(rejection::client_gone);
    if (!is_in_queue())
        worker_.tls_steps.enter(*this);
}

void tls_handshake::on_turn() {
    const operation<opening> keep_alive(*this);
    switch (tls_.handshake()) {
    case tls_stream::outcome::done:
        return hand_over();
    case tls_stream::outcome::wants_read:
        return wait(*this, tls_queue::told_once(EPOLLIN));
    case tls_stream::outcome::wants_write:
        return wait(*this, tls_queue::told_once(EPOLLOUT));
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
        return handshake::begin_refused(worker_, std::move(client_),
                                        refusal_for(rejection::tls_failed));
    }
    reject(rejection::tls_failed);
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
