#include "alignment/nginx/directives.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/values.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace pulsegate {
namespace {

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

bool is_time(std::string_view text) {
    return parse_nginx_time(text).has_value();
}
bool is_count(std::string_view text) {
    return parse_nginx_count(text).has_value();
}
bool is_process_count(std::string_view text) {
    return text == "auto" || is_count(text);
}
bool is_flag(std::string_view text) {
    return parse_nginx_flag(text).has_value();
}
bool is_http_version(std::string_view text) {
    return text == "1.0" || text == "1.1" || text == "2";
}

// Sorted by name.
constexpr std::array<nginx_directive_row, 21> rows{{
    {"events", true, true, 0, 0, "events { … }", nullptr},
    {"http", true, true, 0, 0, "http { … }", nullptr},
    {"if", true, false, 1, any_number, "if ($variable) { … }", nullptr},
    {"limit_except", true, true, 1, any_number, "limit_except GET { … }", nullptr},
    {"location", true, false, 1, 2, "location /path { … }", nullptr},
    {"map", true, false, 2, 2, "map $from $to { … }", nullptr},
    {"proxy_http_version", false, true, 1, 1, "proxy_http_version 1.1;", is_http_version},
    {"proxy_pass", false, true, 1, 1, "proxy_pass http://127.0.0.1:8081;", nullptr},
    {"proxy_protocol", false, true, 1, 1, "proxy_protocol on;", is_flag},
    {"proxy_read_timeout", false, true, 1, 1, "proxy_read_timeout 60s;", is_time},
    {"proxy_set_header", false, false, 2, 2, "proxy_set_header Host $host;", nullptr},
    {"proxy_ssl", false, true, 1, 1, "proxy_ssl on;", is_flag},
    {"proxy_timeout", false, true, 1, 1, "proxy_timeout 10m;", is_time},
    {"server", true, false, 0, 0, "server { … }", nullptr},
    {"set", false, false, 2, 2, "set $variable value;", nullptr},
    {"stream", true, true, 0, 0, "stream { … }", nullptr},
    {"upstream", true, false, 1, 1, "upstream name { … }", nullptr},
    {"worker_connections", false, true, 1, 1, "worker_connections 1024;", is_count},
    {"worker_processes", false, true, 1, 1, "worker_processes auto;", is_process_count},
    {"worker_rlimit_nofile", false, true, 1, 1, "worker_rlimit_nofile 65536;", is_count},
    {"worker_shutdown_timeout", false, true, 1, 1, "worker_shutdown_timeout 1h;", is_time},
}};

/// Blocks inside which directives of this table stand.
bool is_context(std::string_view name) {
    constexpr std::array<std::string_view, 7> names{"events",   "http", "stream",      "server",
                                                    "location", "if",   "limit_except"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string written_as(const nginx_directive_row& row) {
    return "write it as `" + std::string(row.sample) + "`";
}

/// True for names that hardly anybody uses for a host or a file.
bool is_telling(std::string_view word) {
    return (word.find('_') != word.npos || word == "location") && find_nginx_directive(word);
}

/// A word that begins a line and names a known directive: the directive before it has no `;`.
const nginx_word* swallowed_directive(const nginx_directive& which) {
    const std::string_view text = which.in->text();
    for (std::size_t i = 1; i < which.words.size(); ++i) {
        const nginx_word& before = which.words[i - 1];
        const nginx_word& word = which.words[i];
        const std::size_t from = before.offset + before.length;
        if (text.substr(from, word.offset - from).find('\n') != text.npos &&
            word.length == word.text.size() && is_telling(word.text))
            return &word;
    }
    return nullptr;
}

void report_missing_semicolon(const nginx_directive& which, std::vector<diagnostic>& problems) {
    diagnostic problem{hop_code::nginx_syntax,
                       "no `;` ends the directive " + quoted(which.name()),
                       {which.head(), ""},
                       {},
                       "end it with `;`"};
    if (const nginx_word* const next = swallowed_directive(which))
        problem.others.push_back({which.place_of(*next), "read as a part of it"});
    problems.push_back(std::move(problem));
}

/// True if the directive is written as its row says.
bool has_right_shape(const nginx_directive& which, const nginx_directive_row& row,
                     std::vector<diagnostic>& problems) {
    if (which.is_block && !row.is_block) {
        report_missing_semicolon(which, problems);
        return false;
    }
    if (!which.is_block && row.is_block) {
        problems.push_back({hop_code::nginx_syntax,
                            quoted(which.name()) + " needs a block",
                            {which.whole(), ""},
                            {},
                            written_as(row)});
        return false;
    }
    if (which.arguments() >= row.fewest && which.arguments() <= row.most)
        return true;
    problems.push_back({hop_code::nginx_syntax,
                        quoted(which.name()) + " with " + std::to_string(which.arguments()) +
                            (which.arguments() == 1 ? " argument" : " arguments"),
                        {which.head(), ""},
                        {},
                        written_as(row)});
    return false;
}

void check_value(const nginx_directive& which, const nginx_directive_row& row,
                 std::vector<diagnostic>& problems) {
    if (row.accepts && !row.accepts(which.argument(0)))
        problems.push_back({hop_code::nginx_value,
                            quoted(which.argument(0)) + " is no value for " + quoted(row.name),
                            {which.place_of(which.words[1]), ""},
                            {},
                            written_as(row)});
}

} // namespace

const nginx_directive_row* find_nginx_directive(std::string_view name) {
    const auto row = std::lower_bound(rows.begin(), rows.end(), name,
                                      [](const nginx_directive_row& each, std::string_view sought) {
                                          return each.name < sought;
                                      });
    return row != rows.end() && row->name == name ? &*row : nullptr;
}

void check_nginx_directives(const nginx_directive& block, std::vector<diagnostic>& problems) {
    std::map<std::string_view, const nginx_directive*> once;
    for (const nginx_directive& each : block.children) {
        if (swallowed_directive(each)) {
            report_missing_semicolon(each, problems);
            continue;
        }
        const nginx_directive_row* const row = find_nginx_directive(each.name());
        if (!row || !has_right_shape(each, *row, problems))
            continue;
        check_value(each, *row, problems);
        if (row->is_once) {
            const auto [first, is_new] = once.emplace(row->name, &each);
            if (!is_new)
                problems.push_back({hop_code::nginx_value,
                                    quoted(row->name) + " stands twice in one block",
                                    {each.head(), ""},
                                    {{first->second->head(), "the first one"}},
                                    "remove one of them"});
        }
        if (is_context(row->name))
            check_nginx_directives(each, problems);
    }
}

} // namespace pulsegate
