#include "alignment/timeline.hpp"
#include "base/duration.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

// In SVG's own units, which are pixels unless somebody scales the picture.
constexpr int name_width = 190;
constexpr int axis_width = 480;
constexpr int remark_width = 250;
constexpr int lane_height = 26;
constexpr int head_height = 56;
constexpr int gap = 24;

constexpr std::string_view style =
    "text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.scale{fill:#777;font-size:11px}"
    ".axis{stroke:#bbb}.silence{fill:#9ec5e8}.ping{fill:#2b6cb0}.cut{stroke:#b7791f;stroke-width:3}"
    ".eviction{stroke:#6b46c1;stroke-width:3}.bad .cut{stroke:#c53030}.bad .silence{fill:#feb2b2}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#555}.silence{fill:#2c5282}}";

/// Text as XML content: names come from the user's file.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string attribute(std::string_view name, long value) {
    return ' ' + std::string(name) + "=\"" + std::to_string(value) + '"';
}

std::string text(long x, long y, std::string_view kind, std::string_view content) {
    return "<text" + attribute("x", x) + attribute("y", y) + " class=\"" + std::string(kind) +
           "\">" + escaped(content) + "</text>\n";
}

std::string line(long x1, long y1, long x2, long y2, std::string_view kind) {
    return "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
           attribute("y2", y2) + " class=\"" + std::string(kind) + "\"/>\n";
}

long column_of(milliseconds at, milliseconds end) {
    return name_width + static_cast<long>(std::min(at, end).count() * axis_width / end.count());
}

std::string draw_mark(const timeline_lane::mark& mark, milliseconds end, long middle) {
    if (mark.at > end)
        return text(name_width + axis_width + 2, middle + 4, "scale", "\u2192");
    const long x = column_of(mark.at, end);
    switch (mark.what) {
    case timeline_lane::moments::ping:
        return "<circle" + attribute("cx", x) + attribute("cy", middle) +
               " r=\"4\" class=\"ping\"/>\n";
    case timeline_lane::moments::cut:
        return line(x, middle - 9, x, middle + 9, "cut");
    case timeline_lane::moments::eviction:
        return line(x, middle - 9, x, middle + 9, "eviction");
    }
    return {};
}

std::string draw_lane(const timeline_lane& lane, milliseconds end, long top) {
    const long middle = top + lane_height / 2;
    std::string out = lane.is_misaligned ? "<g class=\"bad\">\n" : "<g>\n";
    out += text(0, middle + 4, "name", lane.name);
    out += line(name_width, middle, name_width + axis_width, middle, "axis");
    if (lane.silence > milliseconds(0))
        out += "<rect" + attribute("x", name_width) + attribute("y", middle - 5) +
               attribute("width", column_of(lane.silence, end) - name_width) +
               " height=\"10\" class=\"silence\"/>\n";
    for (const timeline_lane::mark& each : lane.marks)
        out += draw_mark(each, end, middle);
    out += text(name_width + axis_width + 18, middle + 4, "remark", lane.remark);
    return out + "</g>\n";
}

std::string draw(const timeline& picture, long top) {
    std::string out = text(0, top + 16, "title", picture.title);
    for (int quarter = 0; quarter <= 4; ++quarter) {
        const milliseconds at = picture.end * quarter / 4;
        const long x = column_of(at, picture.end);
        out += text(x, top + 38, "scale", format_duration(at));
        out += line(x, top + 43, x, top + 49, "axis");
    }
    long lane_top = top + head_height;
    for (const timeline_lane& lane : picture.lanes) {
        out += draw_lane(lane, picture.end, lane_top);
        lane_top += lane_height;
    }
    return out;
}

long height_of(const timeline& picture) {
    return head_height + lane_height * static_cast<long>(picture.lanes.size()) + gap;
}

} // namespace

std::string render_timelines_svg(const std::vector<timeline>& pictures) {
    std::string body;
    long height = 0;
    for (const timeline& each : pictures) {
        body += draw(each, height);
        height += height_of(each);
    }
    const long width = name_width + axis_width + remark_width;
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) +
           attribute("height", height) + " viewBox=\"0 0 " + std::to_string(width) + ' ' +
           std::to_string(height) + "\" role=\"img\">\n<title>quiet connections</title>\n<style>" +
           std::string(style) + "</style>\n" + body + "</svg>\n";
}

} // namespace pulsegate
