#include "alignment/haproxy/ways.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace pulsegate {
namespace {

using truths = haproxy_verdict::truths;

/// Of the requests on a way; past so many differences all of them count as there.
constexpr std::size_t most_parts = 32;

void add_part(std::vector<haproxy_paths>& parts, haproxy_paths part) {
    const auto is_whole = [](const haproxy_paths& each) {
        return each.under.empty() && each.not_under.empty();
    };
    if (!parts.empty() && is_whole(parts.front()))
        return;
    if (is_whole(part) || parts.size() >= most_parts)
        parts.assign(1, {});
    else
        parts.push_back(std::move(part));
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Actions of `http-request` after which a request goes no further.
constexpr std::array<std::string_view, 8> ends{"deny",   "reject", "tarpit",      "redirect",
                                               "return", "auth",   "silent-drop", "use-service"};
constexpr std::array<std::string_view, 5> path_changes{"set-path", "replace-path", "set-uri",
                                                       "replace-uri", "set-pathq"};

/// The rules of one section, as requests for WebSockets pass them.
class rule_walk {
public:
    rule_walk(const haproxy_proxy& section, haproxy_way& way) : section_(section), way_(way) {}

    /// \return the rule that none gets past; null if some do: the way then knows which.
    const haproxy_rule* pass() {
        for (const haproxy_rule& rule : section_.settings.rules)
            if (!pass(rule))
                return &rule;
        if (!section_.settings.speaks_http)
            return nullptr;
        for (haproxy_paths& each : spared_)
            add_part(way_.arriving, std::move(each));
        return nullptr;
    }

private:
    /// False if no request gets past it.
    bool pass(const haproxy_rule& rule) {
        const std::string& first = rule.words.front().text;
        if (first == "tcp-request")
            return pass_tcp(rule);
        if (!section_.settings.speaks_http)
            return true;
        if (first == "redirect")
            return end(rule);
        if (first != "http-request" || is_allowed_)
            return true;
        const std::string_view action = action_of(rule.words[1].text);
        if (is_one_of(action, ends))
            return end(rule);
        if (action == "allow")
            spare(rule);
        else if (is_one_of(action, path_changes))
            change_path(rule);
        return true;
    }

    /// `return` of `return(…)`.
    static std::string_view action_of(std::string_view text) {
        return text.substr(0, text.find('('));
    }

    haproxy_verdict judge(const haproxy_rule& rule) const {
        return judge_haproxy_condition(rule.when, way_.view_of(section_));
    }

    bool pass_tcp(const haproxy_rule& rule) {
        if (rule.words.size() < 3)
            return true;
        const std::string& layer = rule.words[1].text;
        const std::string& action = rule.words[2].text;
        const bool rejects = action == "reject" || action == "silent-drop";
        if ((!rejects && action != "accept") || accepted_.contains(layer))
            return true;
        const truths met = judge(rule).truth;
        if (!rejects && met != truths::no)
            accepted_.insert(layer);
        return !rejects || met != truths::yes;
    }

    bool end(const haproxy_rule& rule) {
        const haproxy_verdict met = judge(rule);
        std::vector<haproxy_paths> rest;
        for (const haproxy_paths& each : way_.arriving)
            if (auto left = left_over(each, met))
                add_part(rest, std::move(*left));
        way_.arriving = std::move(rest);
        if (met.truth == truths::maybe && !met.paths.under.empty() && is_denial(rule))
            way_.endings.push_back({rule.where, "denies requests with such a path",
                                    "take the paths of WebSockets out of its condition",
                                    met.paths.under, true, met.is_by_path});
        return !way_.arriving.empty() || !spared_.empty();
    }

    static bool is_denial(const haproxy_rule& rule) {
        const std::string& action = rule.words[1].text;
        return action == "deny" || action == "reject" || action == "tarpit" ||
               action == "silent-drop";
    }

    /// `allow` spares requests the rest of the rules.
    void spare(const haproxy_rule& rule) {
        const haproxy_verdict met = judge(rule);
        is_allowed_ = met.truth == truths::yes;
        if (met.truth != truths::maybe)
            return;
        std::vector<haproxy_paths> rest;
        for (const haproxy_paths& each : way_.arriving) {
            if (auto both = both_of(each, met.paths))
                add_part(spared_, std::move(*both));
            if (auto left = left_over(each, met))
                add_part(rest, std::move(*left));
        }
        way_.arriving = std::move(rest);
    }

    /// From here on nothing is known of the path.
    void change_path(const haproxy_rule& rule) {
        if (judge(rule).truth == truths::no)
            return;
        way_.is_path_kept = false;
        way_.arriving.assign(1, {});
    }

    const haproxy_proxy& section_;
    haproxy_way& way_;
    std::vector<haproxy_paths> spared_;
    std::set<std::string> accepted_; // layers of `tcp-request`
    bool is_allowed_ = false;
};

class way_finder {
public:
    way_finder(std::span<const haproxy_proxy> proxies, haproxy_findings& findings, bool is_plain)
        : proxies_(proxies), findings_(findings), is_plain_(is_plain) {
        for (std::size_t i = 0; i < proxies.size(); ++i)
            if (proxies[i].is_backend)
                backends_.emplace(proxies[i].name, i);
    }

    void leave(std::size_t frontend) {
        const haproxy_proxy& from = proxies_[frontend];
        haproxy_way way{.frontend = frontend,
                        .backend = frontend,
                        .arriving = {haproxy_paths{}},
                        .is_plain = is_plain_,
                        .endings = {}};
        learn_tls(from, way);
        taken_.clear();
        closing_ = rule_walk(from, way).pass();
        if (closing_ != nullptr) // go on all the same, to see what is behind it
            way.arriving.assign(1, {});
        for (const haproxy_switch& each : from.use_backends)
            branch(each, way);
        if (from.settings.default_backend)
            follow(*from.settings.default_backend, way);
        else if (from.is_backend)
            open(frontend, way);
    }

    [[nodiscard]] haproxy_ways take() { return std::move(ways_); }

private:
    static void learn_tls(const haproxy_proxy& from, haproxy_way& way) {
        const auto has_tls = [](const haproxy_bind& each) { return each.has_tls; };
        way.is_tls = std::any_of(from.binds.begin(), from.binds.end(), has_tls);
        way.is_tls_known = way.is_tls == std::all_of(from.binds.begin(), from.binds.end(), has_tls);
    }

    /// Those that meet the condition go to its backend; the others stay on the way.
    void branch(const haproxy_switch& to, haproxy_way& way) {
        const haproxy_verdict met =
            judge_haproxy_condition(to.when, way.view_of(proxies_[way.frontend]));
        haproxy_way off = way;
        off.arriving.clear();
        std::vector<haproxy_paths> rest;
        for (const haproxy_paths& each : way.arriving) {
            if (met.truth != truths::no)
                if (auto both = both_of(each, met.paths))
                    add_part(off.arriving, std::move(*both));
            if (auto left = left_over(each, met))
                add_part(rest, std::move(*left));
        }
        way.arriving = std::move(rest);
        follow(to.name, off);
    }

    void follow(const haproxy_word& name, const haproxy_way& way) {
        if (name.has_variable || name.text.find("%[") != std::string::npos) {
            if (told_.insert(name.where.offset).second)
                findings_.remarks.push_back(
                    {name.where, "is known only when a request comes: it may be any backend"});
            for (const auto& [_, backend] : backends_)
                open(backend, way);
            return;
        }
        const auto found = backends_.find(name.text);
        if (found != backends_.end()) {
            check_mode(name, proxies_[way.frontend], proxies_[found->second]);
            return open(found->second, way);
        }
        if (told_.insert(name.where.offset).second)
            report_absent(name);
    }

    /// The rules of a `listen` were passed on the way in.
    void open(std::size_t backend, haproxy_way way) {
        if (way.arriving.empty() || proxies_[backend].is_disabled)
            return;
        way.backend = backend;
        const haproxy_rule* closing = closing_;
        if (closing == nullptr && backend != way.frontend)
            closing = rule_walk(proxies_[backend], way).pass();
        if (closing != nullptr)
            return ways_.closed.push_back({closing->where, backend});
        const auto [same, is_new] = taken_.emplace(backend, ways_.open.size());
        if (is_new)
            return ways_.open.push_back(std::move(way));
        haproxy_way& before = ways_.open[same->second];
        before.is_path_kept = before.is_path_kept && way.is_path_kept;
        for (haproxy_paths& each : way.arriving)
            add_part(before.arriving, std::move(each));
    }

    /// The other way round HAProxy begins to speak HTTP in the backend.
    void check_mode(const haproxy_word& name, const haproxy_proxy& from, const haproxy_proxy& to) {
        if (!from.settings.speaks_http || to.settings.speaks_http || to.is_disabled ||
            !told_.insert(name.where.offset).second)
            return;
        findings_.problems.push_back(
            {hop_code::haproxy_syntax,
             "a `frontend` of `mode http` cannot use a `backend` of `mode tcp`",
             {name.where, ""},
             {{to.head, "has no `mode http`"}},
             "write `mode http` into " + quoted(to.head.text())});
    }

    void report_absent(const haproxy_word& name) {
        std::vector<std::string_view> candidates;
        for (const auto& [candidate, _] : backends_)
            candidates.push_back(candidate);
        const auto meant = nearest(name.text, candidates);
        findings_.problems.push_back({hop_code::haproxy_syntax,
                                      "there is no backend " + quoted(name.text),
                                      {name.where, ""},
                                      {},
                                      meant ? "did you mean " + quoted(*meant) + "?" : ""});
    }

    std::span<const haproxy_proxy> proxies_;
    haproxy_findings& findings_;
    const bool is_plain_;
    std::map<std::string_view, std::size_t> backends_;
    const haproxy_rule* closing_ = nullptr;    // of the present frontend: none gets past it
    std::map<std::size_t, std::size_t> taken_; // backends of the present frontend, with their way
    std::set<std::size_t> told_; // offsets of names: several frontends may share their `defaults`
    haproxy_ways ways_;
};

} // namespace

haproxy_ways find_haproxy_ways(std::span<const haproxy_proxy> proxies, haproxy_findings& findings,
                               bool is_plain) {
    way_finder finder(proxies, findings, is_plain);
    for (std::size_t i = 0; i < proxies.size(); ++i)
        if (proxies[i].is_frontend && !proxies[i].is_disabled)
            finder.leave(i);
    return finder.take();
}

} // namespace pulsegate
