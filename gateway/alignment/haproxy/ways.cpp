#include "alignment/haproxy/ways.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <map>
#include <set>
#include <string_view>

namespace pulsegate {
namespace {

class way_finder {
public:
    way_finder(std::span<const haproxy_proxy> proxies, haproxy_findings& findings)
        : proxies_(proxies), findings_(findings) {
        for (std::size_t i = 0; i < proxies.size(); ++i)
            if (proxies[i].is_backend)
                backends_.emplace(proxies[i].name, i);
    }

    void leave(std::size_t frontend) {
        const haproxy_proxy& from = proxies_[frontend];
        taken_.clear();
        for (const haproxy_word& name : from.use_backends)
            follow(frontend, name);
        if (from.settings.default_backend)
            follow(frontend, *from.settings.default_backend);
        else if (from.is_backend)
            open(frontend, frontend);
    }

    [[nodiscard]] std::vector<haproxy_way> take() { return std::move(ways_); }

private:
    void follow(std::size_t frontend, const haproxy_word& name) {
        if (name.has_variable || name.text.find("%[") != std::string::npos) {
            if (told_.insert(name.where.offset).second)
                findings_.remarks.push_back(
                    {name.where, "is known only when a request comes: it may be any backend"});
            for (const auto& [_, backend] : backends_)
                open(frontend, backend);
            return;
        }
        const auto found = backends_.find(name.text);
        if (found != backends_.end())
            return open(frontend, found->second);
        if (told_.insert(name.where.offset).second)
            report_absent(name);
    }

    void open(std::size_t frontend, std::size_t backend) {
        if (!proxies_[backend].is_disabled && taken_.insert(backend).second)
            ways_.push_back({frontend, backend});
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
    std::map<std::string_view, std::size_t> backends_;
    std::set<std::size_t> taken_; // backends of the present frontend
    std::set<std::size_t> told_;  // offsets of names: several frontends may share their `defaults`
    std::vector<haproxy_way> ways_;
};

} // namespace

std::vector<haproxy_way> find_haproxy_ways(std::span<const haproxy_proxy> proxies,
                                           haproxy_findings& findings) {
    way_finder finder(proxies, findings);
    for (std::size_t i = 0; i < proxies.size(); ++i)
        if (proxies[i].is_frontend && !proxies[i].is_disabled)
            finder.leave(i);
    return finder.take();
}

} // namespace pulsegate
