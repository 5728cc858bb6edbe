#include "alignment/nginx/probes.hpp"

#include <algorithm>
#include <set>

namespace pulsegate {
namespace {

constexpr std::size_t most_paths = 512;

/// One run of probes_for().
class collector {
public:
    explicit collector(const std::vector<std::string>& routes) : routes_(routes) {}

    nginx_probes run(const nginx_place& server) {
        add("/");
        for (const std::string& route : routes_)
            add_below("", route);
        visit(server);
        visit_prefixes(server);
        return std::move(probes_);
    }

private:
    void add(std::string path) {
        if (!path.starts_with('/') || !seen_.insert(path).second)
            return;
        if (probes_.paths.size() < most_paths)
            probes_.paths.push_back(std::move(path));
        else
            probes_.is_whole = false;
    }

    /// A route's own path, with a slash, and one below it, all behind `prefix`.
    void add_below(std::string prefix, const std::string& route) {
        if (prefix.ends_with('/'))
            prefix.pop_back();
        const std::string path = prefix + (route == "/" ? "" : route);
        add(path);
        add(path + '/');
        add(path + "/x");
    }

    void add_samples(std::string_view pattern, bool ignores_case) {
        const std::vector<std::string> samples = sample_paths(pattern, ignores_case);
        probes_.is_whole &= !samples.empty();
        for (const std::string& each : samples)
            add(each);
    }

    void visit(const nginx_place& place) {
        const nginx_directive& block = place.block();
        if (block.name() == "location") {
            const nginx_location_name name = location_name(block);
            if (name.is_regex()) {
                add_samples(name.text,
                            name.kind == nginx_location_name::kinds::regex_ignoring_case);
            } else if (name.kind != nginx_location_name::kinds::named) {
                add(std::string(name.text));
                add(std::string(name.text) + "/x");
                add_below(std::string(name.text), "/");
            }
        }
        for (const nginx_directive& each : block.children)
            if (each.name() == "rewrite")
                for (const std::string& sample : sample_paths(each.argument(0), false))
                    add(sample);
        for (const auto& each : place.inner)
            visit(*each);
    }

    /// Where a prefix is taken off, the routes are behind it.
    void visit_prefixes(const nginx_place& place) {
        const nginx_directive& block = place.block();
        if (block.name() == "location" && location_name(block).is_prefix() &&
            location_name(block).text != "/")
            for (const std::string& route : routes_)
                if (route != "/")
                    add_below(std::string(location_name(block).text), route);
        for (const auto& each : place.inner)
            visit_prefixes(*each);
    }

    const std::vector<std::string>& routes_;
    nginx_probes probes_;
    std::set<std::string> seen_;
};

} // namespace

nginx_probes probes_for(const nginx_place& server, const std::vector<std::string>& routes) {
    return collector(routes).run(server);
}

} // namespace pulsegate
