#include "alignment/timeline.hpp"
#include "base/duration.hpp"
#include "base/shown_text.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

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

std::string render_timeline_text(const timeline& picture) {
    std::string out = picture.title + "\n\n" + fitted("") + scale(picture.end) + '\n';
    for (const timeline_lane& lane : picture.lanes)
        out += fitted(lane.name) + draw(lane, picture.end) + "  " + lane.remark +
               (lane.is_misaligned ? " MISALIGNED" : "") + '\n';
    return out + "\nP ping   = the longest silence   X the proxy's limit   E eviction\n";
}

} // namespace pulsegate
