#include "config/diagnostic.hpp"

#include "base/quoted.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace pulsegate {
namespace {

constexpr std::size_t widest_line = 100; // columns of the source that are shown
constexpr std::size_t context = 40;      // of them, at most this many before the mark
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

/// Columns that a terminal uses: 0 for combining marks, 2 for East Asian wide characters and emoji.
/// Source: Unicode Standard Annex #11, the ranges that occur in practice.
std::size_t columns_of(char32_t c) {
    const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
    if (within(0x300, 0x36F) || within(0x200B, 0x200F) || within(0xFE00, 0xFE0F))
        return 0;
    if (within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) ||
        within(0xF900, 0xFAFF) || within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) ||
        within(0xFFE0, 0xFFE6) || within(0x1F300, 0x1FAFF) || within(0x20000, 0x3FFFD))
        return 2;
    return 1;
}

/// A source line as a terminal shows it, with the place to mark in columns.
struct shown_line {
    std::string text;
    std::size_t mark_at = 0;
    std::size_t mark_width = 1;
};

/// Only the part of a long line around the mark is shown; tabs become four spaces.
shown_line show(std::string_view line, std::size_t mark_offset, std::size_t mark_length) {
    struct cell {
        std::string glyph;
        std::size_t columns;
        bool is_marked;
    };
    std::vector<cell> cells;
    std::size_t before_mark = 0;
    std::size_t total = 0;
    for (std::size_t at = 0; at < line.size();) {
        const auto [code_point, length] = decode_character(line.substr(at));
        const bool is_marked = at >= mark_offset && at < mark_offset + mark_length;
        cell next{printable(line.substr(at, length), code_point), columns_of(code_point),
                  is_marked};
        if (code_point == '\t')
            next = {"    ", 4, is_marked};
        before_mark += at < mark_offset ? next.columns : 0;
        total += next.columns;
        cells.push_back(std::move(next));
        at += length;
    }
    shown_line out;
    out.mark_width = 0;
    const std::size_t first =
        total > widest_line && before_mark > context ? before_mark - context : 0;
    if (first > 0)
        out.text = ellipsis;
    std::size_t shown = out.text.empty() ? 0 : 1;
    out.mark_at = shown;
    std::size_t column = 0;
    for (const cell& each : cells) {
        column += each.columns;
        if (column <= first)
            continue;
        if (shown + each.columns > widest_line) {
            out.text += ellipsis;
            break;
        }
        out.text += each.glyph;
        shown += each.columns;
        out.mark_width += each.is_marked ? each.columns : 0;
        out.mark_at += column <= before_mark ? each.columns : 0;
    }
    out.mark_width = std::max<std::size_t>(out.mark_width, 1);
    return out;
}

/// `gutter` is the width of the widest line number.
void render_label(std::string& out, const label& each, std::string_view arrow, std::size_t gutter) {
    const std::string margin(gutter, ' ');
    const source_text::line line = each.where.in->line_of(each.where.offset);
    const shown_line shown = show(line.text, each.where.offset - line.offset, each.where.length);
    std::string number = std::to_string(each.where.start().line);
    number.insert(0, gutter - number.size(), ' ');
    out += margin + std::string(arrow) + ' ' + location(each.where) + '\n';
    if (arrow == "-->")
        out += margin + " |\n";
    out += number + " | " + shown.text + '\n';
    out += margin + " | " + std::string(shown.mark_at, ' ') + std::string(shown.mark_width, '^');
    out += each.text.empty() ? "\n" : ' ' + each.text + '\n';
}

void render(std::string& out, const diagnostic& each) {
    std::size_t last_line = each.primary.where.start().line;
    for (const label& other : each.others)
        last_line = std::max(last_line, other.where.start().line);
    const std::size_t gutter = std::to_string(last_line).size();

    out += std::string(to_string(each.level())) + '[' + std::string(each.id.row().name) + "]: ";
    out += each.message + '\n';
    render_label(out, each.primary, "-->", gutter);
    for (const label& other : each.others)
        render_label(out, other, ":::", gutter);
    if (each.help.empty())
        return;
    std::string help = each.help;
    const std::string next_line =
        '\n' + std::string(gutter + 9, ' '); // under the text after `= help: `
    for (std::size_t at = 0; (at = help.find('\n', at)) != std::string::npos;
         at += next_line.size())
        help.replace(at, 1, next_line);
    out += std::string(gutter, ' ') + " = help: " + help + '\n';
}

} // namespace

diagnostic_counts count(std::span<const diagnostic> diagnostics) {
    diagnostic_counts counts;
    for (const diagnostic& each : diagnostics) {
        counts.errors += each.level() == severity::error ? 1 : 0;
        counts.warnings += each.level() == severity::warning ? 1 : 0;
    }
    return counts;
}

bool has_errors(std::span<const diagnostic> diagnostics) {
    return count(diagnostics).errors > 0;
}

void sort_and_unique(std::vector<diagnostic>& diagnostics) {
    std::map<const source_text*, std::size_t> files; // in the order of their first diagnostic
    for (const diagnostic& each : diagnostics)
        files.emplace(each.primary.where.in.get(), files.size());
    const auto place = [&](const diagnostic& each) {
        const span& where = each.primary.where;
        return std::tuple(files.at(where.in.get()), where.offset, each.id.row().name,
                          std::string_view(each.message));
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto rest =
        std::unique(diagnostics.begin(), diagnostics.end(),
                    [&](const auto& a, const auto& b) { return place(a) == place(b); });
    diagnostics.erase(rest, diagnostics.end());
}

std::string render_text(std::span<const diagnostic> diagnostics) {
    std::string out;
    for (const diagnostic& each : diagnostics) {
        if (!out.empty())
            out += '\n';
        render(out, each);
    }
    return out;
}

std::string render_line(std::span<const diagnostic> diagnostics) {
    std::string out;
    for (const diagnostic& each : diagnostics) {
        out += location(each.primary.where) + ": " + std::string(to_string(each.level())) + '[' +
               std::string(each.id.row().name) + "]: " + each.message;
        if (!each.help.empty()) {
            std::string help = each.help;
            std::replace(help.begin(), help.end(), '\n', ' ');
            out += "; " + help;
        }
        out += '\n';
    }
    return out;
}

} // namespace pulsegate
