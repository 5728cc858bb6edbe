#include "alignment/nginx/arrivals.hpp"

#include "alignment/codes.hpp"
#include "alignment/hop.hpp"
#include "alignment/nginx/flow.hpp"
#include "alignment/nginx/passage_facts.hpp"
#include "alignment/nginx/probes.hpp"
#include "alignment/nginx/sent.hpp"
#include "alignment/nginx/sites.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace pulsegate {
namespace {

constexpr std::size_t most_flows = 6'000; // of all servers together
constexpr std::size_t most_stages = 4;    // servers behind each other

void add_once(std::vector<std::size_t>& to, std::size_t value) {
    const auto at = std::lower_bound(to.begin(), to.end(), value);
    if (at == to.end() || *at != value)
        to.insert(at, value);
}

class http_finder {
public:
    http_finder(const nginx_directive& http, const nginx_request& what,
                std::vector<nginx_relay>& relays, nginx_reading& into)
        : what_(what), relays_(relays), into_(into), top_(http), variables_(http),
          groups_(http, into.is_fragment), sites_(sites_of(top_, into.version)),
          has_scripts_(has_scripts(http)) {}

    void find() {
        for (const nginx_site& each : sites_)
            walk(*each.place);
        mark_inner();
        for (const nginx_site& each : sites_)
            probe(each);
        for (std::size_t i = 0; i < keys_.size(); ++i)
            settle(i);
        for (const nginx_site& each : sites_)
            add_relay(each);
    }

private:
    // What the text says, whoever comes.

    void walk(const nginx_place& place) {
        const nginx_directive* const pass = place.level.own("proxy_pass");
        if (pass != nullptr && pass->arguments() == 1 && place.outer != nullptr)
            read(*pass, place);
        for (const auto& each : place.inner)
            walk(*each);
    }

    void read(const nginx_directive& pass, const nginx_place& place) {
        for (const std::string& text : variables_.possible_values(pass.argument(0), place.level)) {
            const auto to = parse_http_destination(text);
            if (!to) {
                report_unreadable(text, pass);
            } else if (!to->variable.empty()) {
                add_undecided(*to, pass);
            } else {
                note_down(*to);
                const nginx_targets targets = groups_.targets(*to);
                if (!targets.open.empty())
                    leave_open(pass, targets.open);
                for (const socket_address& target : targets.addresses)
                    if (const auto listener =
                            reached_listener(target, what_.listeners, what_.names))
                        (void)passage(pass, place, *to, target, listener);
            }
        }
    }

    void note_down(const nginx_destination& to) {
        for (const nginx_group_server& each : groups_.servers(to))
            if (each.is_down && reached_listener(each.address, what_.listeners, what_.names))
                into_.down.push_back(each.where);
    }

    void report_unreadable(const std::string& text, const nginx_directive& pass) {
        if (const nginx_variable unknown = find_nginx_variable(text); unknown.length > 0) {
            add_undecided(text.substr(unknown.offset, unknown.length), pass);
            return;
        }
        // One of several values of a variable need not be good: Nginx refuses it only when it
        // comes to it.
        if (text == pass.argument(0))
            into_.problems.push_back({hop_code::nginx_value,
                                      quoted(text) + " is nothing that can be proxied to",
                                      {pass.place_of(pass.words[1]), ""},
                                      {},
                                      "write it as `proxy_pass http://127.0.0.1:8081;`"});
    }

    void add_undecided(const nginx_destination& to, const nginx_directive& pass) {
        if (may_lead_to(to, what_.listeners))
            add_undecided(to.variable, pass);
    }

    void add_undecided(const std::string& variable, const nginx_directive& pass) {
        leave_open(pass, quoted(variable) + " is known only when a request arrives");
    }

    void leave_open(const nginx_directive& pass, const std::string& why) {
        if (told_.emplace(&pass, why).second)
            into_.undecided.push_back({pass.whole(), why});
    }

    /// The index of a passage, which is made if there is none yet.
    std::size_t passage(const nginx_directive& pass, const nginx_place& place,
                        const nginx_destination& to, const socket_address& target,
                        std::optional<std::size_t> listener) {
        const auto [known, is_new] =
            indexes_.emplace(std::pair(&place, listener), into_.passages.size());
        if (!is_new)
            return known->second;
        if (keys_.empty())
            first_ = into_.passages.size();
        keys_.push_back(&place);
        nginx_passage made = http_passage_at(place.level, variables_, into_.version);
        made.proxy_pass = pass.whole();
        made.target = target;
        made.listener = listener;
        made.path = path_handed_on(place.level, to.uri);
        made.is_secure = to.is_secure;
        made.keep_alive = groups_.keep_alive(to, into_.version);
        made.is_reached = answer::no;
        made.is_upgraded = answer::no;
        for (const nginx_group_server& each : groups_.servers(to))
            if (each.most_connections > 0 && each.address == target)
                made.caps.push_back({each.where, each.most_connections, false, true});
        into_.passages.push_back(std::move(made));
        return into_.passages.size() - 1;
    }

    // What comes of handshakes.

    /// Servers that another one leads to.
    void mark_inner() {
        for (const nginx_site& from : sites_)
            mark_targets(*from.place);
    }

    void mark_targets(const nginx_place& place) {
        const nginx_directive* const pass = place.level.own("proxy_pass");
        if (pass != nullptr)
            for (const std::string& text :
                 variables_.possible_values(pass->argument(0), place.level)) {
                const auto to = parse_http_destination(text);
                if (!to || !to->variable.empty())
                    continue;
                for (const socket_address& target : groups_.targets(*to).addresses)
                    for (nginx_site& each : sites_)
                        if (&place.server() != each.place.get() && listens_at(each, target))
                            each.is_inner = true;
            }
        for (const auto& each : place.inner)
            mark_targets(*each);
    }

    void probe(const nginx_site& from) {
        const nginx_probes probes = probes_for(*from.place, what_.routes);
        if (!probes.is_whole || has_scripts_)
            unclear_.insert(from.place.get());
        for (const std::string& path : probes.paths)
            (void)follow(from, nginx_handshake(path), 0);
    }

    /// The routes at which a handshake arrives by way of a server.
    std::vector<std::size_t> follow(const nginx_site& from, nginx_handshake state,
                                    std::size_t stage) {
        std::vector<std::size_t> routes;
        if (++flows_ > most_flows || stage > most_stages) {
            unclear_.insert(from.place.get());
            return routes;
        }
        state.scheme = from.scheme;
        for (const nginx_end& each : nginx_flow(*from.place, variables_).follow(std::move(state)))
            if (each.pass != nullptr)
                for (const std::size_t route : arrive(from, each, stage))
                    add_once(routes, route);
        return routes;
    }

    std::vector<std::size_t> arrive(const nginx_site& from, const nginx_end& end,
                                    std::size_t stage) {
        std::vector<std::size_t> routes;
        visited_.insert(&owner_of(*end.pass, *end.place).settings());
        const bool has_variables = find_nginx_variable(end.pass->argument(0)).length > 0;
        for (const std::string& text : variables_.values(end.pass->argument(0), end.state)) {
            const auto to = parse_http_destination(text);
            if (!to || !to->variable.empty()) {
                if (is_open(text) && (!to || may_lead_to(*to, what_.listeners)))
                    add_undecided(to ? to->variable : text, *end.pass);
                continue;
            }
            const std::optional<std::string> path = handed_on(end, *to, has_variables);
            const nginx_targets targets = groups_.targets(*to);
            if (!targets.open.empty())
                leave_open(*end.pass, targets.open);
            for (const socket_address& target : targets.addresses)
                for (const std::size_t route : connect(from, end, *to, target, path, stage))
                    add_once(routes, route);
        }
        return routes;
    }

    /// What becomes of a handshake that is sent to an address.
    std::vector<std::size_t> connect(const nginx_site& from, const nginx_end& end,
                                     const nginx_destination& to, const socket_address& target,
                                     const std::optional<std::string>& path, std::size_t stage) {
        const nginx_place& owner = owner_of(*end.pass, *end.place);
        const nginx_sent sent = sent_by(*end.place, variables_, end.state,
                                        http_version_at(end.place->level, into_.version));
        const auto listener = reached_listener(target, what_.listeners, what_.names);
        std::vector<std::size_t> routes;
        if (listener) {
            routes = routes_of(path);
        } else {
            routes = behind(target, path, sent, stage);
            if (routes.empty()) {
                if (told_.emplace(end.pass, to_string(target)).second)
                    into_.elsewhere.push_back({end.pass->whole(), target});
                return routes;
            }
        }
        nginx_passage& at = into_.passages[passage(*end.pass, owner, to, target, listener)];
        at.is_inner = from.is_inner;
        at.is_reached = answer::yes;
        at.takes_proxy_header =
            std::any_of(from.listens.begin(), from.listens.end(),
                        [](const nginx_listen& each) { return each.takes_proxy_header; });
        for (const std::size_t route : routes) {
            add_once(at.routes, route);
            if (path == what_.routes[route] && path != "/")
                add_once(at.exact_routes, route);
        }
        record(from, end, sent, at);
        return routes;
    }

    /// Keeps the best of what the handshakes become that come to one place.
    void record(const nginx_site& from, const nginx_end& end, const nginx_sent& sent,
                nginx_passage& at) const {
        answer is_upgraded = sent.is_handshake;
        std::vector<nginx_obstacle> obstacles = sent.obstacles;
        if (from.closed) {
            is_upgraded = into_.is_version_assumed && !from.listens.front().is_quic
                              ? std::min(is_upgraded, answer::unclear)
                              : answer::no;
            obstacles = {*from.closed};
        } else if (end.state.is_unsure && is_upgraded == answer::yes) {
            is_upgraded = answer::unclear;
            obstacles = {{nginx_obstacle::kinds::other, at.where,
                          "whether a request comes here depends on more than can be read", ""}};
        }
        if (at.obstacles.empty() || is_upgraded > at.is_upgraded)
            at.obstacles = std::move(obstacles);
        at.is_upgraded = std::max(at.is_upgraded, is_upgraded);
        if (at.is_upgraded == answer::yes)
            at.obstacles.clear();
    }

    /// The path with which a request leaves.
    static std::optional<std::string> handed_on(const nginx_end& end, const nginx_destination& to,
                                                bool has_variables) {
        if (to.uri.empty() || (end.state.is_rewritten && !has_variables))
            return end.state.uri;
        const std::string path = to.uri.substr(0, to.uri.find('?'));
        if (has_variables)
            return is_open(path) ? std::nullopt : std::optional(path);
        const nginx_location_name name = location_name(end.place->settings().block());
        if (!end.state.uri || name.is_regex() || !end.state.uri->starts_with(name.text))
            return std::nullopt;
        return path + end.state.uri->substr(name.text.size());
    }

    /// The route that the gateway chooses; all of them for a path that is not known.
    [[nodiscard]] std::vector<std::size_t> routes_of(const std::optional<std::string>& path) const {
        std::vector<std::size_t> routes;
        std::optional<std::size_t> longest;
        for (std::size_t i = 0; i < what_.routes.size(); ++i) {
            if (!path)
                routes.push_back(i);
            else if (has_path_prefix(*path, what_.routes[i]) &&
                     (!longest || what_.routes[*longest].size() < what_.routes[i].size()))
                longest = i;
        }
        if (longest)
            routes.push_back(*longest);
        return routes;
    }

    /// The routes behind another server of this Nginx.
    std::vector<std::size_t> behind(const socket_address& target,
                                    const std::optional<std::string>& path, const nginx_sent& sent,
                                    std::size_t stage) {
        std::vector<std::size_t> routes;
        for (const nginx_relay& each : relays_)
            if (leads_to_own(target, each.address))
                for (const std::size_t route : routes_of(path))
                    if (std::find(each.routes.begin(), each.routes.end(), route) !=
                        each.routes.end())
                        add_once(routes, route);
        if (!path)
            return routes;
        nginx_handshake next(*path);
        next.upgrade = all_frozen(sent.upgrade);
        next.connection = all_frozen(sent.connection);
        for (const nginx_site* const each : sites_for(sites_, target, sent.host))
            for (const std::size_t route : follow(*each, next, stage + 1))
                add_once(routes, route);
        return routes;
    }

    static std::vector<std::string> all_frozen(std::vector<std::string> values) {
        for (std::string& each : values)
            each = frozen(std::move(each));
        return values;
    }

    /// Of a passage that no handshake came to.
    void settle(std::size_t index) {
        nginx_passage& at = into_.passages[first_ + index];
        if (at.is_reached == answer::yes)
            return;
        const nginx_place& settings = keys_[index]->settings();
        const nginx_directive& block = settings.block();
        const bool is_internal =
            location_name(block).kind == nginx_location_name::kinds::named ||
            std::any_of(block.children.begin(), block.children.end(),
                        [](const nginx_directive& each) { return each.name() == "internal"; });
        const bool is_unclear = unclear_.contains(&settings.server()) ||
                                (is_internal && !visited_.contains(&settings) &&
                                 count_handlers(settings.server().block()) > 1);
        if (!is_unclear)
            return;
        at.is_reached = answer::unclear;
        for (std::size_t i = 0; i < what_.routes.size(); ++i)
            add_once(at.routes, i);
        nginx_handshake unknown("/");
        unknown.uri.reset();
        unknown.is_clouded = true;
        const nginx_sent sent = sent_by(*keys_[index], variables_, unknown,
                                        http_version_at(keys_[index]->level, into_.version));
        at.is_upgraded = std::max(sent.is_handshake, answer::unclear);
        at.obstacles = sent.obstacles;
    }

    void add_relay(const nginx_site& of) {
        std::vector<std::size_t> routes;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (&keys_[i]->server() == of.place.get())
                for (const std::size_t route : into_.passages[first_ + i].routes)
                    add_once(routes, route);
        if (!routes.empty())
            for (const nginx_listen& each : of.listens)
                relays_.push_back({each.address, routes, each.takes_proxy_header});
    }

    const nginx_request& what_;
    std::vector<nginx_relay>& relays_;
    nginx_reading& into_;
    const nginx_level top_;
    const nginx_variables variables_;
    const nginx_groups groups_;
    std::vector<nginx_site> sites_;
    const bool has_scripts_;
    std::vector<const nginx_place*> keys_; // of the passages from `first_` on
    std::map<std::pair<const nginx_place*, std::optional<std::size_t>>, std::size_t> indexes_;
    std::size_t first_ = 0;
    std::set<const nginx_place*> visited_; // locations whose `proxy_pass` some handshake came to
    std::set<const nginx_place*> unclear_; // servers not all of whose requests were followed
    std::set<std::pair<const nginx_directive*, std::string>> told_;
    std::size_t flows_ = 0;
};

} // namespace

void find_http_passages(const nginx_directive& http, const nginx_request& what,
                        std::vector<nginx_relay>& relays, nginx_reading& into) {
    http_finder(http, what, relays, into).find();
}

} // namespace pulsegate
