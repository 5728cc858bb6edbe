// One quiet connection over time: when the gateway pings, how long each proxy would wait, and when
// a client that vanished is evicted; and the same of an event stream, where the route has any. A
// picture of the alignment, as text or SVG. Pure.
#pragma once

#include "alignment/alignment.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// A row of the picture: a stretch of time, and moments in it.
struct timeline_lane {
    enum class moments { ping, cut, eviction };
    struct mark {
        moments what;
        milliseconds at;
    };

    std::string name;        // of the hop, shortened, or of what happens
    milliseconds silence{0}; // how long no byte passes at worst; 0: not of interest
    std::vector<mark> marks; // some may be past the end of the picture
    std::string remark;      // `idle 1m, margin 29.9s`
    bool is_misaligned = false;
};

struct timeline {
    std::string title; // the route with its heartbeat
    milliseconds end;  // of the picture
    std::vector<timeline_lane> lanes;
    bool has_stream = false; // one of the lanes is that of an event stream
};

/// One picture for each route with a heartbeat of its own, in the order of the routes.
[[nodiscard]] std::vector<timeline> timelines_of(const alignment& of);

/// For terminals: about 100 columns wide.
[[nodiscard]] std::string render_timeline_text(const timeline& picture);

/// One SVG document with all pictures under one another, without scripts or outside references.
[[nodiscard]] std::string render_timelines_svg(const std::vector<timeline>& pictures);

} // namespace pulsegate
