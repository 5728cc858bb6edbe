#include "alignment/timeline.hpp"

#include "alignment/report.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

using moments = timeline_lane::moments;

constexpr std::size_t longest_name = 21; // with the ellipsis no longer than the longest of our own
constexpr std::int64_t most_pings = 500; // more cannot be told from each other

bool is_drawn_for_streams(const limit& which) {
    return which.kind == limit_kind::silence || which.kind == limit_kind::total;
}

/// Far enough for the eviction and for every limit that is not of another order of magnitude.
milliseconds end_of_picture(const route_heartbeat& of, const alignment& all) {
    const milliseconds eviction = of.worst.eviction_end;
    milliseconds end = std::max(eviction, of.worst.from_client);
    for (const chain_hop& each : all.proxies.hops)
        for (const limit& one : each.limits)
            if ((one.kind == limit_kind::idle || (of.passes_http && is_drawn_for_streams(one))) &&
                one.value <= 4 * eviction)
                end = std::max(end, one.value);
    return round_up(end + end / 8);
}

std::vector<timeline_lane::mark> pings_until(const route_heartbeat& of, milliseconds end) {
    std::vector<timeline_lane::mark> marks;
    const milliseconds step = of.settings.interval * (1 + end / of.settings.interval / most_pings);
    for (milliseconds at = step; at < end; at += step)
        marks.push_back({moments::ping, at});
    return marks;
}

timeline_lane lane_of(const hop& of, const limit& which, const route_heartbeat& heartbeat) {
    const milliseconds left = slack_under(which, heartbeat);
    return {shortened(of.name, longest_name),
            quiet_time(which, heartbeat.worst),
            {{moments::cut, which.value}},
            (which.kind == limit_kind::silence ? "silence " : "idle ") +
                format_duration(which.value) + ", margin " + format_margin(left),
            left <= milliseconds(0)};
}

/// What ends a stream whatever passes on it.
timeline_lane total_lane(const hop& of, const limit& which) {
    return {shortened(of.name, longest_name),
            milliseconds(0),
            {{moments::cut, which.value}},
            "total " + format_duration(which.value) + ", no heartbeat helps",
            false};
}

bool concerns(const shared_limit& shared, const route_heartbeat& of) {
    return std::any_of(
        shared.heartbeats.begin(), shared.heartbeats.end(),
        [&](const route_heartbeat* each) { return each->route_path == of.route_path; });
}

/// An event stream, and the limits that are not those of WebSockets too.
void add_stream_lanes(const route_heartbeat& of, const alignment& all, timeline& to) {
    to.has_stream = true;
    to.lanes.push_back({"a quiet event stream", milliseconds(0), pings_until(of, to.end),
                        "a comment every " + format_duration(of.settings.interval), false});
    for (const chain_hop& hop : all.proxies.hops)
        for (const limit_kind kind : {limit_kind::silence, limit_kind::total})
            for (const shared_limit& shared : shared_limits(hop, kind, all.heartbeats))
                if (concerns(shared, of) && !is_told_by_twin(hop, *shared.which))
                    to.lanes.push_back(kind == limit_kind::silence
                                           ? lane_of(hop, *shared.which, of)
                                           : total_lane(hop, *shared.which));
}

timeline_lane eviction_lane(const route_heartbeat& of, milliseconds end) {
    timeline_lane lane{"a client that vanished", milliseconds(0),
                       pings_until(of, of.settings.timeout),
                       "evicted with " + std::to_string(of.goodbye.code) + " within " +
                           format_margin(of.worst.eviction_end),
                       false};
    if (of.settings.timeout < end)
        lane.marks.push_back({moments::eviction, of.settings.timeout});
    return lane;
}

timeline picture_of(const route_heartbeat& of, const alignment& all) {
    timeline picture{of.route_path + ": pings every " + format_duration(of.settings.interval) +
                         ", evicts after " + format_duration(of.settings.timeout),
                     end_of_picture(of, all),
                     {}};
    picture.lanes.push_back({"a quiet client", milliseconds(0), pings_until(of, picture.end),
                             "silent for " + format_margin(of.worst.from_client) + " at most",
                             false});
    for (const chain_hop& each : all.proxies.hops)
        for (const shared_limit& shared : shared_limits(each, limit_kind::idle, all.heartbeats))
            if (concerns(shared, of))
                picture.lanes.push_back(lane_of(each, *shared.which, of));
    picture.lanes.push_back(eviction_lane(of, picture.end));
    if (of.passes_http)
        add_stream_lanes(of, all, picture);
    return picture;
}

bool is_same_heartbeat(const route_heartbeat& a, const route_heartbeat& b) {
    return a.settings.interval == b.settings.interval && a.settings.timeout == b.settings.timeout &&
           a.goodbye == b.goodbye && a.passes_http == b.passes_http;
}

constexpr std::size_t name_columns = 24;
constexpr std::size_t axis_columns = 40;

std::size_t column_of(milliseconds at, milliseconds end) {
    return static_cast<std::size_t>(at.count() * static_cast<std::int64_t>(axis_columns) /
                                    end.count());
}

char sign_of(timeline_lane::moments what) {
    switch (what) {
    case timeline_lane::moments::ping:
        return 'P';
    case timeline_lane::moments::cut:
        return 'X';
    case timeline_lane::moments::eviction:
        return 'E';
    }
    return '?';
}

/// Five times with their places.
std::string scale(milliseconds end) {
    std::string line(axis_columns + 8, ' ');
    for (int quarter = 0; quarter <= 4; ++quarter) {
        const milliseconds at = end * quarter / 4;
        line.replace(column_of(at, end), format_duration(at).size(), format_duration(at));
    }
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::string draw(const timeline_lane& lane, milliseconds end) {
    std::string bar(axis_columns + 1, '.');
    std::fill_n(bar.begin(), std::min(axis_columns + 1, column_of(lane.silence, end)), '=');
    for (const timeline_lane::mark& each : lane.marks) {
        const std::size_t column = column_of(each.at, end);
        if (column > axis_columns) {
            bar.back() = '>'; // later than the picture shows
            continue;
        }
        bar[column] = sign_of(each.what);
        if (each.what != timeline_lane::moments::ping) // nothing comes after the end
            std::fill(bar.begin() + static_cast<std::ptrdiff_t>(column) + 1, bar.end(), ' ');
    }
    return bar;
}

std::string fitted(const std::string& name) {
    return name + std::string(name_columns - std::min(name_columns, count_characters(name)), ' ');
}

} // namespace

std::vector<timeline> timelines_of(const alignment& of) {
    std::vector<timeline> pictures;
    std::vector<const route_heartbeat*> drawn;
    for (const route_heartbeat& each : of.heartbeats) {
        const bool is_drawn =
            std::any_of(drawn.begin(), drawn.end(), [&](const route_heartbeat* other) {
                return is_same_heartbeat(each, *other);
            });
        if (is_drawn)
            continue;
        drawn.push_back(&each);
        pictures.push_back(picture_of(each, of));
    }
    return pictures;
}

std::string render_timeline_text(const timeline& picture) {
    std::string out = picture.title + "\n\n" + fitted("") + scale(picture.end) + '\n';
    for (const timeline_lane& lane : picture.lanes)
        out += fitted(lane.name) + draw(lane, picture.end) + "  " + lane.remark +
               (lane.is_misaligned ? " MISALIGNED" : "") + '\n';
    return out + (picture.has_stream ? "\nP ping or comment" : "\nP ping") +
           "   = the longest silence   X the proxy's limit   E eviction\n";
}

} // namespace pulsegate
