#include "alignment/haproxy/proxies.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/proxy.hpp"
#include "alignment/haproxy/removed.hpp"
#include "alignment/haproxy/servers.hpp"
#include "alignment/haproxy/times.hpp"
#include "base/quoted.hpp"

#include <map>
#include <set>
#include <string_view>

namespace pulsegate {
namespace {

using kinds = haproxy_section::kinds;

/// `user` and `group`, which may come in any order.
void read_user(const haproxy_section& global, haproxy_proxies& into) {
    std::string group;
    for (const haproxy_line& line : global.lines) {
        if (line.words.size() < 2)
            continue;
        if (line.words.front().text == "user")
            into.user = proxy_user{line.words[1].text, "", line.where()};
        if (line.words.front().text == "group")
            group = line.words[1].text;
    }
    if (into.user && !group.empty())
        into.user->group = group;
}

/// `hard-stop-after` and `chroot` of a section `global`, the last ones.
void read_global(const haproxy_section& global, haproxy_proxies& into, haproxy_findings& findings) {
    read_user(global, into);
    for (const haproxy_line& line : global.lines) {
        (void)report_removed_directive(line, true, findings);
        const std::string& first = line.words.front().text;
        if (first == "chroot" && line.words.size() > 1)
            into.chroot = line.words[1].text;
        if (first == "maxconn")
            into.maxconn = haproxy_cap_of(line);
        if (first != "hard-stop-after")
            continue;
        if (line.is_conditional)
            findings.remarks.push_back({line.where(), skippable_haproxy_line});
        if (const auto found = read_haproxy_time(line, 1, findings))
            into.hard_stop_after = unless_zero(*found);
    }
}

class proxies_reader {
public:
    explicit proxies_reader(haproxy_findings& findings) : findings_(findings) {}

    void read(const haproxy_section& section) {
        switch (section.kind) {
        case kinds::global:
            read_global(section, found_, findings_);
            break;
        case kinds::defaults:
            last_defaults_ = read_haproxy_proxy(section, start_of(section, {}), findings_).settings;
            if (!section.name.empty())
                named_defaults_[section.name] = last_defaults_;
            break;
        case kinds::frontend:
        case kinds::backend:
        case kinds::listen:
            check_name(section);
            found_.all.push_back(
                read_haproxy_proxy(section, start_of(section, last_defaults_), findings_));
            break;
        case kinds::other:
            break;
        }
    }

    [[nodiscard]] haproxy_proxies take() { return std::move(found_); }

private:
    /// A `frontend` and a `backend` may have one name; a `listen` is both.
    void check_name(const haproxy_section& section) {
        bool is_new = true;
        if (section.kind != kinds::backend)
            is_new = frontend_names_.insert(section.name).second && is_new;
        if (section.kind != kinds::frontend)
            is_new = backend_names_.insert(section.name).second && is_new;
        if (!is_new && section.head.words.size() > 1)
            findings_.problems.push_back({hop_code::haproxy_syntax,
                                          "another section is called " + quoted(section.name),
                                          {section.head.words[1].where, ""},
                                          {},
                                          "give it a name of its own"});
    }

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
    std::set<std::string> frontend_names_;
    std::set<std::string> backend_names_;
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
