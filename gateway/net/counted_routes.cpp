#include "net/counted_routes.hpp"

#include <algorithm>

namespace pulsegate {

route_places counted_routes::take(std::span<const std::string> paths) {
    ++configurations_;
    std::vector<std::size_t> free = free_places();
    route_places taken;
    for (const std::string& path : paths) {
        std::size_t place = place_of(path);
        if (place == routes_.size() && !free.empty()) {
            place = free.back();
            free.pop_back();
        } else if (place == routes_.size()) {
            routes_.emplace_back();
            uses_.emplace_back();
        }
        if (routes_[place].number == 0)
            routes_[place] = {path, ++last_number_};
        use& its = uses_[place];
        place_hold hold = its.hold.lock();
        if (!hold)
            hold = std::make_shared<const char>();
        its = {hold, configurations_};
        taken.of_routes.push_back(place);
        taken.holds.push_back(std::move(hold));
    }
    free_unused();
    for (const numbered_route& each : routes_)
        taken.numbers.push_back(each.number);
    return taken;
}

bool counted_routes::is_shown(std::size_t place, std::uint64_t live) const {
    return routes_[place].number != 0 &&
           (live > 0 || uses_[place].last_wanted + 1 >= configurations_);
}

/// Of a route that is counted already; else one past all places.
std::size_t counted_routes::place_of(const std::string& path) {
    const auto found =
        std::find_if(routes_.begin(), routes_.end(), [&](const numbered_route& each) {
            return each.number != 0 && each.path == path;
        });
    return static_cast<std::size_t>(found - routes_.begin());
}

std::vector<std::size_t> counted_routes::free_places() const {
    std::vector<std::size_t> free;
    for (std::size_t i = routes_.size(); i-- > 0;)
        if (routes_[i].number == 0)
            free.push_back(i);
    return free;
}

void counted_routes::free_unused() {
    for (std::size_t i = 0; i < routes_.size(); ++i)
        if (uses_[i].last_wanted + 1 < configurations_ && uses_[i].hold.expired())
            routes_[i] = {};
}

} // namespace pulsegate
