#include "command/close_reasons.hpp"

#include "base/assert.hpp"
#include "session/close_settings.hpp"

#include <algorithm>
#include <ostream>
#include <string>

namespace pulsegate {
namespace {

constexpr std::uint16_t no_close_frame = 1006;

std::string_view advice(comeback client_should) {
    switch (client_should) {
    case comeback::no:
        return "should not come back by itself";
    case comeback::at_once:
        return "should come back, with jitter";
    case comeback::with_backoff:
        return "should come back, with backoff and jitter";
    }
    PULSEGATE_ASSERT(false);
}

std::string seen_text(leg which, const close_reason_row& row) {
    const seen_end end = seen_by(which, row);
    if (end.chosen_by == seen_end::origin::itself)
        return "chose the code itself";
    if (end.chosen_by == seen_end::origin::other_peer)
        return which == leg::client ? "sees the code that the application chose"
                                    : "sees the code that the client chose";
    if (end.payload.code == no_close_frame)
        return "sees 1006 (no Close frame)";
    std::string text = "sees " + std::to_string(end.payload.code) + " `" + end.payload.reason + '`';
    const std::string key = key_of_close(which, row.reason);
    return key.empty() ? text : text + " (`" + key + "`)";
}

void write_row(const close_reason_row& row, std::ostream& out) {
    out << row.label << ": " << row.meaning << "\n\n"
        << "The client " << seen_text(leg::client, row) << ", and " << advice(row.client_should)
        << ".\nThe application " << seen_text(leg::app, row) << ".\n\n"
        << "Counted in pulsegate_connections_closed_total{reason=\"" << row.label << "\"}.\n";
}

bool has_code(leg which, const close_reason_row& row, std::string_view name) {
    const seen_end end = seen_by(which, row);
    return end.chosen_by == seen_end::origin::gateway && std::to_string(end.payload.code) == name;
}

/// The reasons for which one peer sees this code.
std::string rows_with(leg which, std::string_view name) {
    std::string lines;
    for (const close_reason_row& row : close_reasons())
        if (has_code(which, row, name))
            lines += "  " + std::string(row.label) + ": " + std::string(row.meaning) + '\n';
    return lines;
}

bool explain_code(std::string_view name, std::ostream& out) {
    const std::string to_client = rows_with(leg::client, name);
    const std::string to_app = rows_with(leg::app, name);
    if (to_client.empty() && to_app.empty())
        return false;
    if (!to_client.empty())
        out << "The client sees " << name << " for one of these reasons:\n\n" << to_client << '\n';
    if (!to_app.empty())
        out << "The application sees " << name << " for one of these reasons:\n\n"
            << to_app << '\n';
    out << "Or the other side of the session chose it: `client_closed`, `app_closed`.\n";
    return true;
}

} // namespace

seen_end seen_by(leg which, const close_reason_row& row) {
    switch (which == leg::client ? row.to_client : row.to_app) {
    case farewell::none:
    case farewell::end:
        return {seen_end::origin::gateway, {no_close_frame, {}}};
    case farewell::answer:
        return {seen_end::origin::itself, {}};
    case farewell::carried:
        return {seen_end::origin::other_peer, {}};
    case farewell::configured:
    case farewell::fixed:
    case farewell::violation:
        return {seen_end::origin::gateway, close_settings().told(which, row.reason)};
    }
    PULSEGATE_ASSERT(false);
}

bool explain_close(std::string_view name, std::ostream& out) {
    const auto rows = close_reasons();
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.label == name; });
    if (found == rows.end())
        return explain_code(name, out);
    write_row(*found, out);
    return true;
}

} // namespace pulsegate
