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
    return {status, "text/plain; charset=utf-8", std::string(text) + "\n"};
}

} // namespace

admin_answers::admin_answers(gateway_view of)
    : of_(std::move(of)), source_(of_), past_(of_.control, source_),
      events_(of_.control, source_, past_), connections_(of_) {}

std::vector<admin_endpoint> admin_answers::endpoints() {
    using enum admin_access;
    using enum admin_method;
    using question = const admin_request&;
    using reply = const admin_reply&;
    std::vector<admin_endpoint> table{
        {get, "/metrics", open, [this](question, reply to) { show_metrics(to); }},
        {get, "/healthz", open, [this](question, reply to) { show_health(to); }},
        {get, "/readyz", open, [this](question, reply to) { show_readiness(to); }},
        {get, "/status", read, [this](question, reply to) { show_status(to); }},
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

void admin_answers::show_metrics(const admin_reply& reply) {
    source_.take([reply](const snapshot& now) {
        reply({200, std::string(prometheus_content_type), to_prometheus_text(now)});
    });
}

/// Alive: every worker turns its event loop.
void admin_answers::show_health(const admin_reply& reply) {
    of_.scrapes.scrape([all = of_.workers.size(), reply](const scraper::result& found) {
        if (found.workers_answered == all)
            return reply(plain(200, "ok"));
        reply(plain(503, std::to_string(all - found.workers_answered) + " of " +
                             std::to_string(all) + " workers do not respond"));
    });
}

/// Ready: new connections are welcome.
void admin_answers::show_readiness(const admin_reply& reply) {
    reply(of_.drain_until ? plain(503, "draining") : plain(200, "ready"));
}

void admin_answers::show_status(const admin_reply& reply) {
    source_.take([reply](const snapshot& now) { reply(json_answer(status_to_json(now))); });
}

void admin_answers::show_history(const admin_reply& reply) {
    reply(json_answer(past_.kept().to_json()));
}

} // namespace pulsegate
