#include "admin/admin_answers.hpp"

#include "admin/json_answer.hpp"
#include "admin/operations.hpp"
#include "admin/page.hpp"
#include "admin/status_json.hpp"
#include "metrics/exposition.hpp"

#include <string>

namespace pulsegate {
namespace {

admin_answer plain(unsigned status, std::string_view text) {
    return {status, std::string(plain_text_type), std::string(text) + "\n"};
}

/// Asks for a snapshot, and shows it.
auto asked_of(const snapshots& source, admin_answer (*show)(const snapshot&)) {
    return [&source, show](std::function<void(admin_answer)> reply) {
        source.take([reply = std::move(reply), show](const snapshot& now) { reply(show(now)); });
    };
}

admin_answer metrics_answer(const snapshot& now) {
    return {200, std::string(prometheus_content_type), to_prometheus_text(now)};
}

admin_answer status_answer(const snapshot& now) {
    return json_answer(status_to_json(now));
}

} // namespace

admin_answers::admin_answers(gateway_view of)
    : of_(std::move(of)), source_(of_), metrics_(asked_of(source_, metrics_answer)),
      status_(asked_of(source_, status_answer)), pulse_(of_.control, of_.workers),
      past_(of_.control, source_), events_(of_.control, source_, past_), connections_(of_) {}

std::vector<admin_endpoint> admin_answers::endpoints() {
    using enum admin_access;
    using enum admin_method;
    using question = const admin_request&;
    using reply = const admin_reply&;
    std::vector<admin_endpoint> table{
        {get, "/metrics", scrape, [this](question, reply to) { metrics_.ask(to); }},
        {get, "/healthz", open, [this](question, reply to) { show_health(to); }},
        {get, "/readyz", open, [this](question, reply to) { show_readiness(to); }},
        {get, "/status", read, [this](question, reply to) { status_.ask(to); }},
        {get, "/history", read, [this](question, reply to) { show_history(to); }},
        {get, "/events", read,
         [this](std::weak_ptr<admin_stream> watcher) { events_.subscribe(std::move(watcher)); }},
        {get,
         "/connections",
         read,
         [this](question asked, reply to) { connections_.list(asked, to); },
         {"route", "state", "client", "sort", "order", "limit", "offset"}},
        {delete_,
         "/connections",
         change,
         [this](question asked, reply to) { connections_.close_some(asked, to); },
         {"route", "client", "window"}},
        {get, "/connections/{id}", read,
         [this](question asked, reply to) { connections_.show(asked, to); }},
        {delete_, "/connections/{id}", change,
         [this](question asked, reply to) { connections_.close_one(asked, to); }},
        {get, "/alignment", read, [this](question, reply to) { show_alignment(of_, to); }},
        {get, "/config", read, [this](question, reply to) { show_configuration(of_, to); }},
        {post, "/drain", change, [this](question, reply to) { order_drain(of_, to); }},
    };
    for (admin_endpoint& each : page_endpoints())
        table.push_back(std::move(each));
    return table;
}

/// Alive: every worker turns its event loop.
void admin_answers::show_health(const admin_reply& reply) {
    const std::size_t silent = pulse_.silent();
    if (silent == 0)
        return reply(plain(200, "ok"));
    reply(plain(503, std::to_string(silent) + " of " + std::to_string(of_.workers.size()) +
                         " workers do not respond"));
}

/// Ready: new connections are welcome.
void admin_answers::show_readiness(const admin_reply& reply) {
    reply(of_.drain_until ? plain(503, "draining") : plain(200, "ready"));
}

void admin_answers::show_history(const admin_reply& reply) {
    reply(json_answer(past_.kept().to_json()));
}

} // namespace pulsegate
