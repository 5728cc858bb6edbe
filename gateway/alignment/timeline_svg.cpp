#include "alignment/timeline.hpp"
#include "base/duration.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

// In SVG's own units, which are pixels unless somebody scales the picture.
constexpr int name_width = 190;
constexpr int axis_width = 480;
constexpr int remark_width = 320;
constexpr int border = 12; // around everything
constexpr int lane_height = 26;
constexpr int head_height = 56;
constexpr int gap = 24;

// The picture brings its own ground: whatever shows it may have another one than its colours were
// made for. What they tell, shapes and words tell too.
constexpr std::string_view style =
    "text{font:13px sans-serif;fill:#222}.title,.bad .remark{font-weight:bold}"
    ".scale{fill:#595959;font-size:11px}.page{fill:#fff}.axis{stroke:#8c8c8c}"
    ".silence{fill:#9ec5e8;stroke:#2b6cb0}.ping{fill:#2b6cb0}.cut{stroke:#8a4b00;stroke-width:3;"
    "fill:none}"
    ".eviction{fill:#6b46c1}.bad .cut{stroke:#c53030}"
    ".bad .silence{fill:#feb2b2;stroke:#c53030;stroke-dasharray:4 3}"
    "@media screen and (prefers-color-scheme:dark){text{fill:#e8e8e8}.scale{fill:#b0b0b0}"
    ".page{fill:#16191d}.axis{stroke:#707070}.silence{fill:#2c5282;stroke:#90cdf4}"
    ".ping{fill:#90cdf4}.cut{stroke:#f6ad55}.eviction{fill:#c4b5fd}.bad .cut{stroke:#fc8181}"
    ".bad .silence{fill:#742a2a;stroke:#fc8181}}";

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

long x_of(milliseconds at, milliseconds end) {
    return name_width + static_cast<long>(std::min(at, end).count() * axis_width / end.count());
}

std::string silence_bar(long x, long middle, long width) {
    return "<rect" + attribute("x", x) + attribute("y", middle - 5) + attribute("width", width) +
           " height=\"10\" class=\"silence\"/>\n";
}

/// \param moves  from there on, as SVG writes paths.
std::string path(long x, long y, std::string_view moves, std::string_view kind) {
    return "<path d=\"M" + std::to_string(x) + ' ' + std::to_string(y) + std::string(moves) +
           "\" class=\"" + std::string(kind) + "\"/>\n";
}

/// Each of another shape.
/// \param note  more of its class.
std::string symbol(timeline_lane::moments what, long x, long y, const std::string& note = "") {
    switch (what) {
    case timeline_lane::moments::ping:
        return "<circle" + attribute("cx", x) + attribute("cy", y) + " r=\"4\" class=\"ping" +
               note + "\"/>\n";
    case timeline_lane::moments::cut:
        return path(x - 6, y - 6, "l12 12m0-12l-12 12", "cut" + note);
    case timeline_lane::moments::eviction:
        return path(x, y - 8, "l8 8l-8 8l-8-8z", "eviction" + note);
    }
    return {};
}

std::string draw_mark(const timeline_lane::mark& mark, milliseconds end, long middle) {
    if (mark.at > end)
        return text(name_width + axis_width + 2, middle + 4, "scale", "\u2192");
    return symbol(mark.what, x_of(mark.at, end), middle);
}

/// What the shapes mean.
std::string draw_legend(long top, bool has_stream) {
    using enum timeline_lane::moments;
    const long y = top + lane_height / 2;
    std::string out;
    long x = name_width;
    const auto add = [&](const std::string& shape, std::string_view meaning, long width) {
        out += shape + text(x + 14, y + 4, "scale", meaning);
        x += width;
    };
    add(symbol(ping, x, y, " legend"),
        has_stream ? "a ping or comment of the gateway" : "a ping of the gateway",
        has_stream ? 230 : 170);
    add(symbol(cut, x, y, " legend"), "the proxy cuts", 125);
    add(symbol(eviction, x, y, " legend"), "the gateway evicts", 155);
    out += silence_bar(x, y, 24);
    x += 18;
    add("", "silence of a healthy connection, at most", 250);
    return out;
}

std::string draw_lane(const timeline_lane& lane, milliseconds end, long top) {
    const long middle = top + lane_height / 2;
    std::string out = lane.is_misaligned ? "<g class=\"bad\">\n" : "<g>\n";
    out += text(0, middle + 4, "name", lane.name);
    out += line(name_width, middle, name_width + axis_width, middle, "axis");
    if (lane.silence > milliseconds(0))
        out += silence_bar(name_width, middle, x_of(lane.silence, end) - name_width);
    for (const timeline_lane::mark& each : lane.marks)
        out += draw_mark(each, end, middle);
    out += text(name_width + axis_width + 18, middle + 4, "remark",
                lane.remark + (lane.is_misaligned ? ", MISALIGNED" : ""));
    return out + "</g>\n";
}

std::string draw(const timeline& picture, long top) {
    std::string out = text(0, top + 16, "title", picture.title);
    for (int quarter = 0; quarter <= 4; ++quarter) {
        const milliseconds at = picture.end * quarter / 4;
        const long x = x_of(at, picture.end);
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
    const bool has_stream = std::any_of(pictures.begin(), pictures.end(),
                                        [](const timeline& each) { return each.has_stream; });
    body += draw_legend(height, has_stream);
    height += lane_height + 2 * border;
    const long width = name_width + axis_width + remark_width + 2 * border;
    const std::string left = std::to_string(-border);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) +
           attribute("height", height) + " viewBox=\"" + left + ' ' + left + ' ' +
           std::to_string(width) + ' ' + std::to_string(height) +
           "\" role=\"img\">\n<title>quiet connections</title>\n<style>" + std::string(style) +
           "</style>\n<rect" + attribute("x", -border) + attribute("y", -border) +
           attribute("width", width) + attribute("height", height) + " class=\"page\"/>\n" + body +
           "</svg>\n";
}

} // namespace pulsegate
