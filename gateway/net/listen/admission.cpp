#include "net/listen/admission.hpp"

#include "net/worker_context.hpp"

#include <chrono>

namespace pulsegate {
namespace {

using std::chrono::seconds;

constexpr seconds retry_elsewhere{5}; // another gateway may have room
constexpr seconds retry_when_client_is_full{10};

std::optional<refusal> refuse_client(worker_context& worker, const ip_address& client,
                                     time_point now, taken_places& places) {
    const limits_settings& limits = worker.settings->config.limits;
    auto answer = worker.admission.clients.admit(
        client, {limits.connections_per_client, limits.handshake_rate_per_client}, now);
    if (const auto* const fast = std::get_if<client_table::too_fast>(&answer))
        return refusal{rejection::client_rate, http::status::too_many_requests,
                       "`limits.handshake_rate_per_client` is reached: this address connects too "
                       "often",
                       std::chrono::ceil<seconds>(fast->wait)};
    if (std::holds_alternative<client_table::too_many>(answer))
        return refusal{rejection::client_connection_limit, http::status::too_many_requests,
                       "`limits.connections_per_client` is reached: this address has too many "
                       "connections",
                       retry_when_client_is_full};
    places.of_client = std::get<client_quota::slot>(std::move(answer));
    return std::nullopt;
}

} // namespace

std::optional<refusal> refuse_admission(worker_context& worker, const route& way,
                                        const upgrade_request& request,
                                        const std::optional<ip_address>& client,
                                        taken_places& places) {
    if (!may_come_from(joined(request, "Origin"), way.origins))
        return refusal{rejection::foreign_origin, http::status::forbidden,
                       "pages of this origin may not connect; the route's `origins` decide"};
    if (worker.refuses_newcomers)
        return refusal{rejection::draining, http::status::service_unavailable,
                       "the gateway is shutting down", retry_elsewhere};
    const time_point now = worker.now().real;
    if (client)
        if (auto refused = refuse_client(worker, *client, now, places))
            return refused;
    places.of_all = worker.quota.take();
    if (!places.of_all)
        return refusal{rejection::connection_limit, http::status::service_unavailable,
                       "`limits.connections` is reached", retry_elsewhere};
    // The last one: what is taken from the common rate is not refused for another reason.
    if (const std::uint64_t rate = worker.settings->config.limits.handshake_rate; rate != 0)
        if (const auto wait = worker.admission.on_handshake(rate, now))
            return refusal{rejection::handshake_rate, http::status::service_unavailable,
                           "`limits.handshake_rate` is reached: too many connect at once", *wait};
    return std::nullopt;
}

} // namespace pulsegate
