// Which place of counters::routes counts for which route. Sessions and handshakes hold the settings
// they go by, and those hold their places: a place has another route only when nobody can count
// into it for the old one any more. So counters grow with the routes that are in use, not with
// every route that ever was. Owner: the control thread.
#pragma once

#include "alignment/cuts/numbered_route.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

/// Keeps a place for its route; held by the settings that use it. Thread-safe, as a shared_ptr is.
using place_hold = std::shared_ptr<const void>;

/// The places of a configuration's routes.
struct route_places {
    std::vector<std::size_t> of_routes; // of each route, in the order of the configuration
    std::vector<place_hold> holds;
    std::vector<std::uint32_t> numbers; // of each place: the number of its route; 0: of none
};

class counted_routes {
public:
    /// Places for the routes of the configuration that is used from now on: a route that is counted
    /// already goes on where it is. Places of routes that have been gone for more than one
    /// configuration, and are held by nobody, become free; another route gets them with the next
    /// configuration at the earliest.
    /// \param paths  all different.
    [[nodiscard]] route_places take(std::span<const std::string> paths);

    /// The route of each place, with a number that no other route ever had; 0: of none.
    [[nodiscard]] const std::vector<numbered_route>& all() const { return routes_; }

    /// True if the figures of a place say something: its route is one of this configuration or of
    /// the one before, so that its last figures are seen, or has sessions still.
    /// \param live  how many.
    [[nodiscard]] bool is_shown(std::size_t place, std::uint64_t live) const;

private:
    struct use {
        std::weak_ptr<const void> hold;
        std::uint64_t last_wanted = 0; // by which configuration, counted from 1
    };

    [[nodiscard]] std::size_t place_of(const std::string& path);
    [[nodiscard]] std::vector<std::size_t> free_places() const;
    void free_unused();

    std::vector<numbered_route> routes_;
    std::vector<use> uses_; // of the same places
    std::uint64_t configurations_ = 0;
    std::uint32_t last_number_ = 0;
};

} // namespace pulsegate
