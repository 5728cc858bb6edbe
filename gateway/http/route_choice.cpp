#include "http/route_choice.hpp"

#include "base/uri_path.hpp"

#include <optional>

namespace pulsegate {
namespace {

using found_route = std::optional<std::size_t>;

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

/// \param path  as in path_readings::compared.
found_route find_route(std::string_view path, std::span<const route> routes) {
    found_route best;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const std::string& own = routes[i].path;
        const bool fits = own.find('%') == own.npos ? has_path_prefix(path, own)
                                                    : has_path_prefix(path, to_compared(own));
        if (fits && (!best || own.size() > routes[*best].path.size()))
            best = i;
    }
    return best;
}

/// True if who reads the path as one of `other` evades nothing by getting the rules of `chosen`,
/// which lies beneath it.
bool is_stricter(const route& chosen, const route& other) {
    const bool has_same_pages = other.origins.empty() || other.origins == chosen.origins;
    const bool has_same_rate = !other.rate.is_limited() || other.rate == chosen.rate;
    return has_path_prefix(chosen.path, other.path) && has_same_pages && has_same_rate;
}

refusal ambiguous() {
    return refusal_for(rejection::malformed,
                       "servers read this path in different ways, which lead to different routes: "
                       "write it without `..`, `;`, `\\` and encoded slashes");
}

} // namespace

std::variant<std::size_t, refusal> choose_route(std::string_view target,
                                                std::span<const route> routes) {
    const std::string_view path = path_of(target);
    if (is_plain_path(path)) {
        if (const auto found = find_route(path, routes))
            return *found;
        return refusal_for(rejection::no_route);
    }
    const auto read = read_path(path);
    if (!read.has_value())
        return refusal_for(rejection::malformed,
                           read.error().message +
                               (read.error().help.empty() ? "" : "; " + read.error().help));
    const auto chosen = find_route(read->compared, routes);
    // A path of no route that may be read as one of a route: nothing is served either way.
    if (!chosen)
        return refusal_for(rejection::no_route);
    if (find_route(read->loosest, routes) != chosen)
        return ambiguous();
    const route& way = routes[*chosen];
    const auto by_dots = find_route(read->with_dots, routes);
    if (by_dots != chosen && (!by_dots || !is_stricter(way, routes[*by_dots])))
        return ambiguous();
    const auto by_gaps = find_route(read->with_gaps, routes);
    if (by_gaps && by_gaps != chosen && !is_stricter(way, routes[*by_gaps]))
        return ambiguous();
    return *chosen;
}

std::string target_for_app(std::string_view target, const route& way) {
    const auto* app = std::get_if<websocket_upstream>(&way.to);
    if (app == nullptr || app->path.empty())
        return std::string(target);
    const std::string_view path = path_of(target);
    std::string normal(path);
    if (!is_plain_path(path))
        if (auto read = read_path(path); read.has_value())
            normal = std::move(read->normal);
    std::string_view rest = without_segments(normal, count_segments(way.path));
    if (way.path == "/")
        rest.remove_prefix(1);
    std::string result = app->path;
    if (result.ends_with('/') && rest.starts_with('/'))
        rest.remove_prefix(1);
    else if (!result.ends_with('/') && !rest.empty() && rest.front() != '/')
        result += '/';
    return result.append(rest).append(target.substr(path.size()));
}

} // namespace pulsegate
