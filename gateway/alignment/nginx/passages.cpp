#include "alignment/nginx/passages.hpp"

#include "alignment/codes.hpp"
#include "alignment/hop.hpp"
#include "alignment/nginx/arrivals.hpp"
#include "alignment/nginx/destination.hpp"
#include "alignment/nginx/listens.hpp"
#include "alignment/nginx/passage_facts.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace pulsegate {
namespace {

/// The servers of `stream`: bytes go where the configuration says, whatever they are.
class stream_finder {
public:
    stream_finder(const nginx_directive& context, const nginx_request& what, nginx_reading& into)
        : what_(what), into_(into), top_(context), variables_(context),
          groups_(context, into.is_fragment) {
        for (const nginx_directive& each : context.children)
            if (each.is_block && each.name() == "server")
                servers_.push_back(&each);
    }

    /// Adds what leads to the gateway or to a relay, and to the relays what does. May be called
    /// again when there are more of those.
    void find(std::vector<nginx_relay>& relays) {
        bool is_grown = true;
        for (std::size_t stage = 0; is_grown && stage < most_stages; ++stage) {
            is_grown = false;
            for (const nginx_directive* const server : servers_)
                if (!is_found(*server) && follow(*server, relays)) {
                    is_grown = true;
                    found_.push_back(server);
                    for (const nginx_listen& each : listens_of(*server))
                        relays.push_back({each.address, all_routes(), each.takes_proxy_header});
                }
        }
    }

    /// Adds what the rest is, as far as it is known.
    void tell() {
        for (const nginx_directive* const server : servers_) {
            const nginx_level level(*server, &top_);
            const nginx_directive* const pass = level.own("proxy_pass");
            if (pass == nullptr || pass->arguments() != 1)
                continue;
            for (const std::string& text : variables_.possible_values(pass->argument(0), level)) {
                const auto to = parse_stream_destination(text);
                if (!to || !to->variable.empty()) {
                    report(text, to, *pass);
                    continue;
                }
                const nginx_targets targets = groups_.targets(*to);
                if (!targets.open.empty())
                    into_.undecided.push_back({pass->whole(), targets.open});
                if (!is_found(*server))
                    for (const socket_address& target : targets.addresses)
                        into_.elsewhere.push_back({pass->whole(), target});
            }
        }
    }

private:
    static constexpr std::size_t most_stages = 8;

    [[nodiscard]] std::vector<std::size_t> all_routes() const {
        std::vector<std::size_t> all(what_.routes.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }

    [[nodiscard]] bool is_found(const nginx_directive& server) const {
        return std::find(found_.begin(), found_.end(), &server) != found_.end();
    }

    /// True if the server leads to the gateway or to one of the relays.
    bool follow(const nginx_directive& server, const std::vector<nginx_relay>& relays) {
        const nginx_level level(server, &top_);
        const nginx_directive* const pass = level.own("proxy_pass");
        if (pass == nullptr || pass->arguments() != 1)
            return false;
        std::vector<std::size_t> reached; // listeners
        const std::size_t before = into_.passages.size();
        for (const std::string& text : variables_.possible_values(pass->argument(0), level)) {
            const auto to = parse_stream_destination(text);
            if (!to || !to->variable.empty())
                continue;
            for (const socket_address& target : groups_.targets(*to).addresses) {
                nginx_passage passage = stream_passage_at(level);
                passage.proxy_pass = pass->whole();
                passage.target = target;
                passage.listener = reached_listener(target, what_.listeners, what_.names);
                passage.routes = all_routes();
                passage.exact_routes = passage.routes;
                if (passage.listener) {
                    if (std::find(reached.begin(), reached.end(), *passage.listener) !=
                        reached.end())
                        continue;
                    reached.push_back(*passage.listener);
                } else if (!is_relay(target, relays, passage.routes)) {
                    continue;
                }
                into_.passages.push_back(std::move(passage));
            }
        }
        return into_.passages.size() > before;
    }

    static bool is_relay(const socket_address& target, const std::vector<nginx_relay>& relays,
                         std::vector<std::size_t>& routes) {
        bool is_found = false;
        for (const nginx_relay& each : relays)
            if (leads_to_own(target, each.address)) {
                if (!is_found)
                    routes.clear();
                is_found = true;
                for (const std::size_t route : each.routes)
                    if (std::find(routes.begin(), routes.end(), route) == routes.end())
                        routes.push_back(route);
            }
        std::sort(routes.begin(), routes.end());
        return is_found;
    }

    void report(const std::string& text, const std::optional<nginx_destination>& to,
                const nginx_directive& pass) {
        if (const nginx_variable unknown = find_nginx_variable(text); unknown.length > 0) {
            if (!to || may_lead_to(*to, what_.listeners))
                into_.undecided.push_back(
                    {pass.whole(), quoted(text.substr(unknown.offset, unknown.length)) +
                                       " is known only when a request arrives"});
            return;
        }
        // One of several values of a variable need not be good: Nginx refuses it only when it
        // comes to it.
        if (text == pass.argument(0))
            into_.problems.push_back({hop_code::nginx_value,
                                      quoted(text) + " is nothing that can be proxied to",
                                      {pass.place_of(pass.words[1]), ""},
                                      {},
                                      "write it as `proxy_pass 127.0.0.1:8081;`"});
    }

    const nginx_request& what_;
    nginx_reading& into_;
    const nginx_level top_;
    const nginx_variables variables_;
    const nginx_groups groups_;
    std::vector<const nginx_directive*> servers_;
    std::vector<const nginx_directive*> found_;
};

} // namespace

bool may_lead_to(const nginx_destination& to, const std::vector<socket_address>& listeners) {
    return std::any_of(listeners.begin(), listeners.end(), [&](const socket_address& listener) {
        if (const auto* const tcp = std::get_if<tcp_address>(&listener))
            return !to.is_unix && (!to.has_port || to.port == 0 || to.port == tcp->port);
        return to.is_unix;
    });
}

bool is_served_elsewhere(const nginx_passage& passage, const nginx_reading& reading,
                         answer at_least) {
    const auto has = [](const std::vector<std::size_t>& routes, std::size_t route) {
        return std::find(routes.begin(), routes.end(), route) != routes.end();
    };
    return std::all_of(passage.routes.begin(), passage.routes.end(), [&](std::size_t route) {
        const bool is_exact = has(passage.exact_routes, route);
        return std::any_of(
            reading.passages.begin(), reading.passages.end(), [&](const nginx_passage& other) {
                return &other != &passage && other.is_inner == passage.is_inner &&
                       other.is_reached != answer::no && other.is_upgraded >= at_least &&
                       has(is_exact ? other.exact_routes : other.routes, route);
            });
    });
}

bool is_for_pages(const nginx_passage& passage, const nginx_reading& reading) {
    return passage.is_upgraded == answer::no &&
           is_served_elsewhere(passage, reading, answer::unclear);
}

void find_nginx_passages(const nginx_directive& configuration, const nginx_request& what,
                         nginx_reading& into) {
    // Streams that lead to the gateway come first: locations may lead to them. Then those that lead
    // to locations.
    std::vector<nginx_relay> relays;
    std::vector<stream_finder> streams;
    for (const nginx_directive& each : configuration.children)
        if (each.is_block && each.name() == "stream")
            streams.emplace_back(each, what, into);
    for (stream_finder& each : streams)
        each.find(relays);
    for (const nginx_directive& each : configuration.children)
        if (each.is_block && each.name() == "http")
            find_http_passages(each, what, relays, into);
    for (stream_finder& each : streams) {
        each.find(relays);
        each.tell();
    }
    for (const nginx_relay& each : relays)
        into.entrances.push_back({each.address, each.takes_proxy_header});
}

} // namespace pulsegate
