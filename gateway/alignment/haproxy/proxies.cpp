#include "alignment/haproxy/proxies.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/times.hpp"
#include "base/quoted.hpp"

#include <map>
#include <string_view>

namespace pulsegate {
namespace {

using kinds = haproxy_section::kinds;

constexpr const char* skippable = "stands in a branch of `.if`, which HAProxy may skip";

/// What words say that stand behind an address, after what is the default.
haproxy_server_options read_options(std::span<const haproxy_word> words,
                                    haproxy_server_options options) {
    for (const haproxy_word& each : words) {
        const std::string_view text = each.text;
        if (text == "ssl" || text == "no-ssl")
            options.speaks_tls = text == "ssl";
        else if (text == "send-proxy" || text == "no-send-proxy")
            options.sends_proxy = text == "send-proxy";
        else if (text.starts_with("send-proxy-v2") || text == "no-send-proxy-v2")
            options.sends_proxy2 = text != "no-send-proxy-v2";
    }
    return options;
}

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
            read_line(line);
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
            counts = read_option(words);
        else if (first == "use_backend" && words.size() > 1)
            proxy_.use_backends.push_back(words[1]);
        else if (first == "default_backend" && words.size() > 1)
            proxy_.settings.default_backend = words[1];
        else if (first == "server" || first == "server-template")
            read_server(line);
        else if (first == "default-server")
            proxy_.settings.servers =
                read_options(std::span(words).subspan(1), proxy_.settings.servers);
        else if (first == "mode" && words.size() > 1)
            proxy_.settings.speaks_http = words[1].text == "http";
        else if (first == "http-request" && words.size() > 3 && words[1].text == "set-timeout")
            read_rule(line);
        else if (first == "disabled")
            proxy_.is_disabled = true;
        else
            counts = false;
        if (counts && line.is_conditional)
            remark(line, skippable);
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
    bool read_option(const std::vector<haproxy_word>& words) {
        const bool is_negated = words.front().text == "no";
        const std::size_t at = is_negated ? 2 : 1;
        if (words.size() <= at || words[at - 1].text != "option")
            return false;
        // The second is an old spelling that HAProxy still takes.
        if (words[at].text != "independent-streams" && words[at].text != "independant-streams")
            return false;
        proxy_.settings.has_independent_streams = !is_negated;
        return true;
    }

    void read_server(const haproxy_line& line) {
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
        const haproxy_word& address = line.words[at];
        if (address.has_variable)
            return remark(line, "may lead to the gateway: its address depends on an environment "
                                "variable");
        proxy_.servers.push_back(
            {line.where(), parse_haproxy_address(address.text),
             read_options(std::span(line.words).subspan(at + 1), proxy_.settings.servers)});
    }

    /// `http-request set-timeout server|tunnel TIME`, without a condition the same for all.
    void read_rule(const haproxy_line& line) {
        const std::vector<haproxy_word>& words = line.words;
        const bool is_tunnel = words[2].text == "tunnel";
        if (!is_tunnel && words[2].text != "server")
            return;
        const auto value = parse_haproxy_time(words[3].text);
        if (words.size() > 4 || words[3].has_variable || !value.has_value() ||
            *value == milliseconds::zero())
            return remark(line, "may replace the `timeout` of some connections");
        haproxy_settings& to = proxy_.settings;
        (is_tunnel ? to.tunnel_rule : to.server_rule) = haproxy_time{*value, line.where()};
    }

    void remark(const haproxy_line& line, std::string text) {
        findings_.remarks.push_back({line.where(), std::move(text)});
    }

    const haproxy_section& section_;
    haproxy_findings& findings_;
    haproxy_proxy proxy_;
};

/// The proxy that a section `frontend`, `backend` or `listen` describes, or for `defaults` one of
/// which only the settings count.
/// \param settings  what it starts with: those of its `defaults`.
haproxy_proxy read_haproxy_proxy(const haproxy_section& section, haproxy_settings settings,
                                 haproxy_findings& findings) {
    return proxy_reader(section, std::move(settings), findings).read();
}

/// `hard-stop-after` of a section `global`, the last one.
std::optional<haproxy_time> read_hard_stop_after(const haproxy_section& global,
                                                 haproxy_findings& findings) {
    std::optional<haproxy_time> last;
    for (const haproxy_line& line : global.lines) {
        if (line.words.front().text != "hard-stop-after")
            continue;
        if (line.is_conditional)
            findings.remarks.push_back({line.where(), skippable});
        if (const auto found = read_haproxy_time(line, 1, findings))
            last = unless_zero(*found);
    }
    return last;
}

class proxies_reader {
public:
    explicit proxies_reader(haproxy_findings& findings) : findings_(findings) {}

    void read(const haproxy_section& section) {
        switch (section.kind) {
        case kinds::global:
            if (const auto time = read_hard_stop_after(section, findings_))
                found_.hard_stop_after = time;
            break;
        case kinds::defaults:
            last_defaults_ = read_haproxy_proxy(section, start_of(section, {}), findings_).settings;
            if (!section.name.empty())
                named_defaults_[section.name] = last_defaults_;
            break;
        case kinds::frontend:
        case kinds::backend:
        case kinds::listen:
            found_.all.push_back(
                read_haproxy_proxy(section, start_of(section, last_defaults_), findings_));
            break;
        case kinds::other:
            break;
        }
    }

    [[nodiscard]] haproxy_proxies take() { return std::move(found_); }

private:
    haproxy_settings start_of(const haproxy_section& section, const haproxy_settings& otherwise) {
        if (!section.from)
            return otherwise;
        const auto named = named_defaults_.find(section.from->text);
        if (named != named_defaults_.end())
            return named->second;
        findings_.problems.push_back(
            {hop_code::haproxy_syntax,
             "there is no `defaults` named " + quoted(section.from->text) + " above this line",
             {section.from->where, ""},
             {},
             ""});
        return otherwise;
    }

    haproxy_findings& findings_;
    haproxy_proxies found_;
    haproxy_settings last_defaults_;
    std::map<std::string, haproxy_settings> named_defaults_;
};

} // namespace

haproxy_proxies read_haproxy_proxies(std::span<const haproxy_section> sections,
                                     haproxy_findings& findings) {
    proxies_reader reader(findings);
    for (const haproxy_section& each : sections)
        reader.read(each);
    return reader.take();
}

} // namespace pulsegate
