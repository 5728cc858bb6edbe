#include "alignment/haproxy/proxies.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/directives.hpp"
#include "base/quoted.hpp"

#include <map>

namespace pulsegate {
namespace {

using kinds = haproxy_section::kinds;

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
