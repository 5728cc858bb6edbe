#include "command/commands.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "command/close_reasons.hpp"

#include <ostream>
#include <string>

namespace pulsegate {
namespace {

/// Indented by four spaces; control characters become visible.
std::string example(std::string_view text) {
    std::string out;
    bool is_line_start = true;
    while (!text.empty()) {
        const auto [code_point, length] = decode_character(text);
        out += is_line_start ? "    " : "";
        is_line_start = code_point == '\n';
        out += is_line_start ? "\n" : printable(text.substr(0, length), code_point);
        text.remove_prefix(length);
    }
    return out;
}

/// The other file that goes with an example.
std::string other_example(const code_row& row, std::string_view yaml, std::string_view text) {
    if (text.empty())
        return {};
    const bool is_haproxy = yaml.find("haproxy.cfg") != std::string_view::npos;
    const std::string_view name = !row.named_by_option.empty() ? row.named_by_option
                                  : is_haproxy                 ? "haproxy.cfg"
                                                               : "nginx.conf";
    return "\n  with this " + std::string(name) + ":\n\n" + example(text);
}

void list_codes(std::ostream& out) {
    for (const auto table : code_tables())
        for (const code_row& row : table)
            out << "  " << row.name << "  " << row.title
                << (row.level == severity::error ? ""
                                                 : " (" + std::string(to_string(row.level)) + ')')
                << '\n';
}

} // namespace

int explain(std::string_view name, std::ostream& out, std::ostream& errors) {
    const code_row* const row = find_code(name);
    if (row == nullptr) {
        if (explain_close(name, out))
            return 0;
        errors << "pulsegate: there is no code " << quoted(name) << "; the codes are\n";
        list_codes(errors);
        errors << "and the reasons for which sessions end\n";
        for (const close_reason_row& each : close_reasons())
            errors << "  " << each.label << '\n';
        return 2;
    }
    out << row->name << ": " << row->title << " (" << to_string(row->level) << ")\n\n"
        << row->cause << "\n\n"
        << "Bad:\n\n"
        << example(row->bad) << other_example(*row, row->bad, row->bad_proxy) << "\nGood:\n\n"
        << example(row->good) << other_example(*row, row->good, row->good_proxy)
        << "\nSource: " << row->source << '\n';
    return 0;
}

} // namespace pulsegate
