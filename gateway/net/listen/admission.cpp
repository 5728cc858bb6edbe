#include "net/listen/admission.hpp"

#include "net/worker_context.hpp"

#include <chrono>

namespace pulsegate {
namespace {

refusal refused_for(rejection why, duration wait) {
    refusal result = refusal_for(why);
    result.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
    return result;
}

std::optional<refusal> refuse_client(worker_context& worker, const ip_address& client,
                                     bool is_counted_in_rate, time_point now,
                                     taken_places& places) {
    const limits_settings& limits = worker.settings->config.limits;
    auto answer = worker.admission.clients.admit(
        client,
        {limits.connections_per_client, is_counted_in_rate ? 0 : limits.handshake_rate_per_client},
        now);
    if (const auto* const fast = std::get_if<client_table::too_fast>(&answer))
        return refused_for(rejection::client_rate, fast->wait);
    if (std::holds_alternative<client_table::too_many>(answer))
        return refusal_for(rejection::client_connection_limit);
    places.of_client = std::get<client_quota::slot>(std::move(answer));
    return std::nullopt;
}

} // namespace

std::optional<refusal> refuse_admission(worker_context& worker, const route& way,
                                        const upgrade_request& request,
                                        const std::optional<ip_address>& client,
                                        bool is_counted_in_rate, taken_places& places) {
    if (!may_come_from(joined(request, "Origin"), way.origins))
        return refusal_for(rejection::foreign_origin);
    if (worker.refuses_newcomers)
        return refusal_for(rejection::draining);
    const time_point now = worker.now().real;
    if (client)
        if (auto refused = refuse_client(worker, *client, is_counted_in_rate, now, places))
            return refused;
    places.of_all = worker.quota.take();
    if (!places.of_all)
        return refusal_for(rejection::connection_limit);
    // The last one: what is taken from the common rate is not refused for another reason.
    if (const std::uint64_t rate = worker.settings->config.limits.handshake_rate; rate != 0)
        if (const auto wait = worker.admission.on_handshake(rate, now))
            return refused_for(rejection::handshake_rate, *wait);
    return std::nullopt;
}

std::optional<refusal> refuse_plain_admission(worker_context& worker,
                                              const std::optional<ip_address>& client,
                                              taken_places& places) {
    if (worker.refuses_newcomers)
        return refusal_for(rejection::draining);
    if (const std::uint64_t most = worker.settings->config.limits.requests_per_client;
        client && most != 0) {
        auto answer = worker.admission.requests.admit(*client, {most, 0}, worker.now().real);
        if (!std::holds_alternative<client_quota::slot>(answer))
            return refusal_for(rejection::client_request_limit);
        places.of_client = std::get<client_quota::slot>(std::move(answer));
    }
    places.of_all = worker.quota.take();
    if (!places.of_all)
        return refusal_for(rejection::connection_limit);
    return std::nullopt;
}

} // namespace pulsegate
