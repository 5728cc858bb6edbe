#include "command/commands.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "command/close_reasons.hpp"
#include "command/log_words.hpp"
#include "config/nearest.hpp"

#include <ostream>
#include <sstream>
#include <string>
#include <vector>

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

/// What was probably meant, and what kinds of words there are.
void say_what_there_is(std::string_view name, std::ostream& errors) {
    std::vector<std::string_view> known = all_words();
    for (const auto table : code_tables())
        for (const code_row& row : table)
            known.push_back(row.name);
    for (const close_reason_row& row : close_reasons())
        known.push_back(row.label);
    errors << "pulsegate: nothing is known of " << quoted(name);
    if (const auto meant = nearest(name, known))
        errors << "; did you mean " << quoted(*meant) << '?';
    errors << "\nTell it a code of a diagnostic (PG104), a reason or another word of the log "
              "(evicted, foreign_origin),\na close code (1014), a status (426), or a metric "
              "(pulsegate_connections).\n";
}

} // namespace

int explain(std::string_view name, std::ostream& out, std::ostream& errors) {
    const code_row* const row = find_code(name);
    const bool has_prefix = !name.empty() && (name.front() < '0' || name.front() > '9');
    if (row == nullptr || !has_prefix) {
        std::ostringstream word;
        const bool is_close = explain_close(name, out);
        const bool is_word = explain_word(name, word);
        if (is_word)
            out << (is_close ? "\n" : "") << word.str();
        if (row != nullptr && (is_close || is_word)) // 403 is a status first of all
            out << "\nAs a diagnostic: `pulsegate explain " << row->name << "`.\n";
        if (is_close || is_word)
            return 0;
    }
    if (row == nullptr) {
        say_what_there_is(name, errors);
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
