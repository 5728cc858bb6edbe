#include "alignment/haproxy/proxy.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/conditions.hpp"
#include "alignment/haproxy/removed.hpp"
#include "alignment/haproxy/servers.hpp"
#include "alignment/haproxy/times.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <map>
#include <set>
#include <string_view>

namespace pulsegate {
namespace {

using kinds = haproxy_section::kinds;

class proxy_reader {
public:
    proxy_reader(const haproxy_section& section, haproxy_settings settings,
                 haproxy_findings& findings)
        : section_(section), findings_(findings) {
        proxy_.name = section.name;
        proxy_.head = section.head.where();
        proxy_.is_frontend = section.kind == kinds::frontend || section.kind == kinds::listen;
        proxy_.is_backend = section.kind == kinds::backend || section.kind == kinds::listen;
        proxy_.settings = std::move(settings);
    }

    haproxy_proxy read() {
        for (const haproxy_line& line : section_.lines)
            if (!report_removed_directive(line, false, findings_))
                read_line(line);
        for (const haproxy_condition& each : conditions_)
            for (const haproxy_word& name : unknown_haproxy_acls(each, proxy_.settings.acls))
                report_acl(name);
        return std::move(proxy_);
    }

private:
    void read_line(const haproxy_line& line) {
        const std::vector<haproxy_word>& words = line.words;
        const std::string& first = words.front().text;
        bool counts = true;
        if (first == "timeout" || is_old_haproxy_timeout(first))
            counts = read_timeout(line);
        else if (first == "option" || first == "no")
            counts = read_option(line);
        else if (first == "use_backend" && words.size() > 1)
            read_switch(line);
        else if (first == "default_backend" && words.size() > 1)
            proxy_.settings.default_backend = words[1];
        else if (first == "server" || first == "server-template")
            read_server(line);
        else if (first == "dispatch" && words.size() > 1)
            add_server(line, 1);
        else if (first == "default-server")
            proxy_.settings.servers =
                read_haproxy_server_options(std::span(words).subspan(1), proxy_.settings.servers);
        else if (first == "mode" && words.size() > 1)
            proxy_.settings.speaks_http = words[1].text == "http";
        else if (is_rule(first) && words.size() > 1)
            read_rule(line);
        else if (first == "maxconn" && section_.kind != kinds::backend)
            proxy_.settings.maxconn = haproxy_cap_of(line);
        else if (first == "disabled" || first == "enabled")
            proxy_.is_disabled = first == "disabled";
        else
            counts = read_quietly(words);
        if (counts && line.is_conditional)
            remark(line, skippable_haproxy_line);
    }

    /// Lines that matter, but of which no remark is worth making.
    bool read_quietly(const std::vector<haproxy_word>& words) {
        const std::string& first = words.front().text;
        if (first == "acl" && words.size() > 2 && section_.kind == kinds::defaults &&
            section_.name.empty())
            problem(words.front(), "`acl` stands in a `defaults` without a name",
                    "write it into the sections that need it");
        else if (first == "acl" && words.size() > 2)
            proxy_.settings.acls[words[1].text].emplace_back(words.begin() + 2, words.end());
        else if (first == "bind" && words.size() > 1)
            read_bind(words);
        else if (first == "http-check" && proxy_.settings.http_check)
            read_http_check(words);
        return false;
    }

    /// \return whether it is one that counts here.
    bool read_timeout(const haproxy_line& line) {
        const auto found = read_haproxy_timeout(line, findings_);
        if (!found)
            return false;
        haproxy_settings& to = proxy_.settings;
        const std::string& which = line.words[1].text;
        if (which == "client" || which == "client-fin") {
            if (section_.kind == kinds::backend)
                remark(line, "has no effect in a `backend`: it belongs in the `frontend`");
            (which == "client" ? to.client : to.client_fin) = unless_zero(*found);
        } else if (which == "server" || which == "tunnel") {
            if (section_.kind == kinds::frontend)
                remark(line, "has no effect in a `frontend`: it belongs in the `backend`");
            (which == "server" ? to.server : to.tunnel) = unless_zero(*found);
        } else {
            return false;
        }
        return true;
    }

    /// \return whether it is one that counts here.
    bool read_option(const haproxy_line& line) {
        const std::vector<haproxy_word>& words = line.words;
        const bool is_negated = words.front().text == "no";
        const std::size_t at = is_negated ? 2 : 1;
        if (words.size() <= at || words[at - 1].text != "option")
            return false;
        const std::string_view name = words[at].text;
        haproxy_settings& to = proxy_.settings;
        // The second is an old spelling that HAProxy still takes.
        if (name == "independent-streams" || name == "independant-streams") {
            to.has_independent_streams = !is_negated;
            return true;
        }
        if (name == "forwardfor")
            read_forwardfor(line);
        else if (name == "httpchk")
            read_httpchk(line);
        else if (name.ends_with("-check") ||
                 name == "ssl-hello-chk") // another kind takes its place
            to.http_check.reset();
        return false;
    }

    /// `option forwardfor [except NETWORK] [header NAME] [if-none]`
    void read_forwardfor(const haproxy_line& line) {
        haproxy_forwardfor& to = proxy_.settings.forwardfor.emplace();
        to.where = line.where();
        for (std::size_t at = 2; at < line.words.size(); ++at) {
            const std::string_view text = line.words[at].text;
            if (text == "if-none")
                to.if_none = true;
            else if (text == "header" && at + 1 < line.words.size())
                to.header = line.words[++at].text;
        }
    }

    /// `option httpchk [METHOD] [URI [VERSION]]`; one word alone is the URI.
    void read_httpchk(const haproxy_line& line) {
        haproxy_http_check& to = proxy_.settings.http_check.emplace();
        to.where = line.where();
        if (line.words.size() > 2)
            to.uri = line.words[line.words.size() > 3 ? 3 : 2].text;
    }

    /// `http-check send … uri PATH …` and `http-check expect …`
    void read_http_check(const std::vector<haproxy_word>& words) {
        haproxy_http_check& to = *proxy_.settings.http_check;
        if (words.size() > 2 && words[1].text == "expect")
            to.expected.emplace_back(words.begin() + 2, words.end());
        else if (words.size() > 2 && words[1].text == "connect")
            to.expected.emplace_back(); // to another place, maybe: not to be judged
        else if (words.size() > 2 && words[1].text == "send")
            for (std::size_t at = 2; at + 1 < words.size(); ++at)
                if (words[at].text == "uri")
                    to.uri = words[at + 1].text;
    }

    void read_switch(const haproxy_line& line) {
        std::vector<haproxy_word> words = line.words;
        haproxy_condition when = take_haproxy_condition(words, 2);
        conditions_.push_back(when);
        proxy_.use_backends.push_back({words[1], std::move(when)});
    }

    void read_bind(const std::vector<haproxy_word>& words) {
        haproxy_bind& to = proxy_.binds.emplace_back();
        to.where = words.front().where;
        to.where.length =
            words.back().where.offset + words.back().where.length - words.front().where.offset;
        to.at = parse_haproxy_binds(words[1].text);
        for (const haproxy_word& each : std::span(words).subspan(2)) {
            to.has_tls = to.has_tls || each.text == "ssl";
            to.accepts_proxy = to.accepts_proxy || each.text == "accept-proxy";
        }
    }

    void read_server(const haproxy_line& line) {
        if (section_.kind == kinds::frontend)
            return problem(line.words.front(), "a `frontend` has no servers",
                           "write it into a `backend`, or make this a `listen`");
        const std::size_t at = line.words.front().text == "server" ? 2 : 3;
        if (line.words.size() <= at) {
            findings_.problems.push_back(
                {hop_code::haproxy_syntax,
                 "this " + quoted(line.words.front().text) + " has no address",
                 {line.where(), ""},
                 {},
                 at == 2 ? "write `server NAME ADDRESS:PORT`"
                         : "write `server-template PREFIX COUNT "
                           "ADDRESS:PORT`"});
            return;
        }
        if (line.words.front().text == "server" && !server_names_.insert(line.words[1].text).second)
            problem(line.words[1], "another `server` here is called " + quoted(line.words[1].text),
                    "give it a name of its own");
        add_server(line, at);
    }

    /// \param at  the word that is its address.
    void add_server(const haproxy_line& line, std::size_t at) {
        const haproxy_word& address = line.words[at];
        if (address.has_variable)
            remark(line, "may lead to the gateway: its address depends on an environment variable");
        proxy_.servers.push_back(
            {line.where(),
             address.has_variable ? haproxy_target{{}, true} : parse_haproxy_target(address.text),
             read_haproxy_server_options(std::span(line.words).subspan(at + 1),
                                         proxy_.settings.servers)});
    }

    static bool is_rule(std::string_view first) {
        return first == "http-request" || first == "http-response" || first == "tcp-request" ||
               first == "redirect";
    }

    /// Rules and what they ask for have to be handed on by name: configuration.txt section 4.
    bool is_in_nameless_defaults(const haproxy_line& line) {
        if (section_.kind != kinds::defaults || !section_.name.empty())
            return false;
        problem(line.words.front(),
                quoted(line.words.front().text) + " stands in a `defaults` without a name",
                "write it into the sections that need it");
        return true;
    }

    void read_rule(const haproxy_line& line) {
        if (is_in_nameless_defaults(line))
            return;
        std::vector<haproxy_word> words = line.words;
        haproxy_condition when = take_haproxy_condition(words, 2);
        conditions_.push_back(when);
        if (words[1].text == "set-timeout" && words.size() > 3)
            check_timeout_rule(words, line);
        proxy_.settings.rules.push_back({std::move(words), std::move(when), line.where()});
    }

    /// A value that is no time, which HAProxy takes for an expression if it has brackets or commas.
    void check_timeout_rule(const std::vector<haproxy_word>& words, const haproxy_line& line) {
        const haproxy_word& value = words[3];
        if (section_.kind == kinds::frontend && words[2].text != "client")
            return problem(words[1], "a `frontend` has no such timeout",
                           "write it into the `backend`");
        if (value.has_variable)
            return remark(line, "may replace the `timeout` of some connections");
        const auto time = parse_haproxy_time(value.text);
        if (time.has_value() && *time == milliseconds::zero())
            return problem(value, "a `set-timeout` cannot be 0", "write a time, such as `1h`");
        if (time.has_value() ? *time > milliseconds::zero()
                             : value.text.find_first_of("(),[]") == std::string::npos) {
            if (!time.has_value())
                findings_.problems.push_back({hop_code::haproxy_value,
                                              time.error().message,
                                              {value.where, ""},
                                              {},
                                              time.error().help});
            return;
        }
        remark(line, "may replace the `timeout` of some connections");
    }

    void report_acl(const haproxy_word& name) {
        std::vector<std::string_view> candidates;
        for (const auto& [candidate, _] : proxy_.settings.acls)
            candidates.push_back(candidate);
        const auto meant = nearest(name.text, candidates);
        findings_.problems.push_back(
            {hop_code::haproxy_syntax,
             "there is no `acl` named " + quoted(name.text) + " in this section",
             {name.where, ""},
             {},
             meant ? "did you mean " + quoted(*meant) + "?" : ""});
    }

    void problem(const haproxy_word& where, std::string message, std::string help) {
        findings_.problems.push_back(
            {hop_code::haproxy_syntax, std::move(message), {where.where, ""}, {}, std::move(help)});
    }

    void remark(const haproxy_line& line, std::string text) {
        findings_.remarks.push_back({line.where(), std::move(text)});
    }

    const haproxy_section& section_;
    haproxy_findings& findings_;
    haproxy_proxy proxy_;
    std::vector<haproxy_condition> conditions_; // of this section's own lines
    std::set<std::string> server_names_;
};

} // namespace

haproxy_proxy read_haproxy_proxy(const haproxy_section& section, haproxy_settings settings,
                                 haproxy_findings& findings) {
    return proxy_reader(section, std::move(settings), findings).read();
}

} // namespace pulsegate
