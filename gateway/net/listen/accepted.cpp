#include "net/listen/accepted.hpp"

#include "client/client_address.hpp"
#include "net/listen/tls_handshake.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace pulsegate {
namespace {

std::string_view as_text(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

accepted::accepted(worker_context& worker, connection&& client, accepted_client&& known,
                   std::size_t listener)
    : opening(worker, std::move(client), std::move(known)),
      mode_(worker.settings->config.listeners[listener].proxy_protocol),
      tls_(worker.settings->tls.listeners[listener]) {}

void accepted::begin(worker_context& worker, connection client,
                     const std::optional<ip_address>& peer, std::size_t listener) {
    const service_settings& settings = *worker.settings;
    // Whoever else may connect could claim any address. A peer on a Unix socket is trusted.
    const bool is_trusted_peer = !peer || is_trusted(*peer, settings.trusted_proxies);
    auto entered = worker.waiting_room.enter(is_trusted_peer ? std::optional<ip_address>() : peer,
                                             settings.newcomers, worker.now().real);
    if (const auto* const lacks = std::get_if<newcomers::scarcity>(&entered)) {
        const rejection why = reason_of(*lacks);
        worker.count.on_rejected(why);
        return log_refusal(why, 0, "", {peer ? peer->to_string() : "unix"});
    }
    accepted_client known{peer, std::get<newcomers::place>(std::move(entered))};
    if (settings.config.listeners[listener].proxy_protocol == proxy_protocol_mode::off)
        return tls_handshake::begin(worker, std::move(client), std::move(known),
                                    settings.tls.listeners[listener]);
    auto* const self = new accepted(worker, std::move(client), std::move(known), listener);
    const operation<opening> keep_alive(*self);
    self->arm(settings.config.limits.handshake);
    if (is_trusted_peer)
        return self->read_proxy_header();
    if (self->mode_ == proxy_protocol_mode::require)
        return self->refuse(refusal_for(rejection::untrusted_peer));
    self->hand_over();
}

// --- The PROXY header ---

/// Peeks: what follows the header belongs to the next step. What certainly belongs to it is taken
/// at once, since bytes that stay would wake the loop again and again.
void accepted::read_proxy_header() {
    const auto room = worker_.read_buffer().first(max_proxy_header_bytes);
    std::copy(taken_.begin(), taken_.end(), room.begin());
    const auto unread = room.subspan(taken_.size());
    const auto count =
        ::recv(client_.descriptor(), unread.data(), unread.size(), MSG_PEEK | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return wait_for_more();
    if (count <= 0)
        return give_up(rejection::client_gone);
    const auto seen = room.first(taken_.size() + static_cast<std::size_t>(count));
    on_verdict(seen, pulsegate::read_proxy_header(seen));
}

void accepted::on_ready(std::uint32_t) {
    const operation<opening> keep_alive(*this);
    read_proxy_header();
}

void accepted::on_verdict(std::span<const std::uint8_t> seen, const proxy_header_verdict& verdict) {
    if (std::holds_alternative<proxy_header_begins>(verdict)) {
        if (!take(seen.size() - taken_.size()))
            return give_up(rejection::client_gone);
        taken_ = as_text(seen);
        return wait_for_more();
    }
    if (const auto* const bad = std::get_if<bad_proxy_header>(&verdict))
        return refuse(
            refusal_for(rejection::bad_proxy_header, std::string("the PROXY header ") + bad->what));
    if (const auto* const header = std::get_if<proxy_header>(&verdict)) {
        if (!take(header->bytes - taken_.size()))
            return give_up(rejection::client_gone);
        taken_.clear();
        return on_proxy_header(*header);
    }
    if (mode_ == proxy_protocol_mode::require)
        return refuse(refusal_for(rejection::bad_proxy_header));
    hand_over();
}

void accepted::on_proxy_header(const proxy_header& header) {
    if (header.relayed) {
        const ip_address& client = header.relayed->source.address;
        known_.peer = client;
        known_.is_relayed = true;
        const service_settings& settings = *worker_.settings;
        if (!is_trusted(client, settings.trusted_proxies) &&
            !known_.place.tell_client(client, settings.newcomers))
            return give_up(rejection::client_newcomer_limit);
    }
    hand_over();
}

/// Takes bytes off the socket that were seen there. False if the connection broke meanwhile.
bool accepted::take(std::size_t count) {
    const auto room = worker_.read_buffer().last(max_proxy_header_bytes);
    return ::recv(client_.descriptor(), room.data(), count, MSG_DONTWAIT) ==
           static_cast<ssize_t>(count);
}

// --- The end ---

void accepted::hand_over() {
    leave();
    known_.bytes = std::move(taken_);
    tls_handshake::begin(worker_, std::move(client_), std::move(known_), tls_);
}

void accepted::refuse(refusal why) {
    if (tls_ == nullptr) {
        leave();
        return handshake::begin_refused(worker_, std::move(client_), std::move(known_),
                                        std::move(why));
    }
    give_up(why.why, why.text); // no text is readable without TLS
}

void accepted::on_due() {
    const operation<opening> keep_alive(*this);
    refuse(refusal_for(rejection::handshake_timeout,
                       "the PROXY header did not arrive within `limits.handshake`"));
}

} // namespace pulsegate
