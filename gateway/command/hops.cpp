#include "command/commands.hpp"

#include "alignment/presets.hpp"
#include "base/duration.hpp"
#include "base/json_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <ostream>

namespace pulsegate {
namespace {

constexpr std::size_t columns = 6;
using table_row = std::array<std::string, columns>;

/// A limit that can be set is `unset`, one that does not exist `none`.
std::string value_text(const preset_limit& each) {
    if (each.value)
        return format_duration(*each.value);
    return each.setting.empty() ? "none" : "unset";
}

std::string resets_text(const preset_limit& each) {
    if (each.kind != limit_kind::idle || (!each.value && each.setting.empty()))
        return "-";
    return std::string(to_string(each.resets));
}

table_row row_of(const preset_limit& each) {
    return {std::string(to_string(each.kind)),
            value_text(each),
            resets_text(each),
            each.option.empty() ? "-" : std::string(each.option),
            std::string(to_string(each.sure)),
            std::string(each.cited)};
}

std::string_view streams_text(stream_passing how) {
    switch (how) {
    case stream_passing::unknown:
        break;
    case stream_passing::at_once:
        return "pass as they come";
    case stream_passing::if_told:
        return "pass as they come, since the gateway asks for it (`X-Accel-Buffering: no`)";
    }
    return {};
}

std::string_view streams_word(stream_passing how) {
    constexpr std::array<std::string_view, 3> names{"unknown", "at_once", "if_told"};
    return names.at(static_cast<std::size_t>(how));
}

std::vector<table_row> rows_of(const preset& which) {
    std::vector<table_row> rows;
    if (which.is_in_front && !has_known_idle(which))
        rows.push_back({std::string(to_string(limit_kind::idle)), "not known", "-", "-", "-", "-"});
    for (const preset_limit& each : which.limits)
        rows.push_back(row_of(each));
    return rows;
}

std::array<std::size_t, columns> widths(const table_row& head) {
    std::array<std::size_t, columns> widest{};
    const auto widen = [&](const table_row& row) {
        for (std::size_t i = 0; i < columns; ++i)
            widest[i] = std::max(widest[i], row[i].size());
    };
    widen(head);
    for (const preset& each : preset_table())
        for (const table_row& row : rows_of(each))
            widen(row);
    return widest;
}

void write_text(std::ostream& out) {
    const table_row head{"limit", "default", "reset by", "option", "confidence", "source"};
    const auto widest = widths(head);
    const auto write = [&](const table_row& row) {
        std::string line;
        for (std::size_t i = 0; i + 1 < columns; ++i)
            line += "  " + row[i] + std::string(widest[i] - row[i].size(), ' ');
        out << line << "  " << row.back() << '\n';
    };
    write(head);
    for (const preset& each : preset_table()) {
        out << '\n'
            << each.name << ": " << each.title
            << (each.is_in_front ? "" : " (behind the gateway, not to be declared)") << '\n';
        for (const table_row& row : rows_of(each))
            write(row);
        if (const auto streams = streams_text(each.streams); !streams.empty())
            out << "  event streams: " << streams << '\n';
        if (!each.remark.empty())
            out << "  note: " << each.remark << '\n';
    }
}

boost::json::object to_json(const preset_limit& each) {
    boost::json::object out{{"limit", to_string(each.kind)}};
    out["milliseconds"] =
        each.value ? boost::json::value(each.value->count()) : boost::json::value(nullptr);
    out["reset_by"] = each.kind == limit_kind::idle ? boost::json::value(to_string(each.resets))
                                                    : boost::json::value(nullptr);
    out["option"] = each.option;
    out["setting"] = each.setting;
    out["confidence"] = to_string(each.sure);
    out["source"] = each.cited;
    return out;
}

boost::json::object to_json(const preset& which) {
    boost::json::array limits;
    for (const preset_limit& each : which.limits)
        limits.push_back(to_json(each));
    boost::json::object out{{"name", which.name},
                            {"title", which.title},
                            {"in_front", which.is_in_front},
                            {"idle_known", has_known_idle(which)}};
    out["limits"] = std::move(limits);
    out["streams"] = streams_word(which.streams);
    out["remark"] = which.remark;
    return out;
}

void write_json(std::ostream& out) {
    boost::json::array all;
    for (const preset& each : preset_table())
        all.push_back(to_json(each));
    boost::json::object document;
    document["presets"] = std::move(all);
    out << to_json_text(document) << '\n';
}

} // namespace

void hops(hops_format format, std::ostream& out) {
    switch (format) {
    case hops_format::text:
        write_text(out);
        break;
    case hops_format::json:
        write_json(out);
        break;
    }
}

} // namespace pulsegate
