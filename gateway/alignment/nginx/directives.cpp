#include "alignment/nginx/directives.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/destination.hpp"
#include "alignment/nginx/place.hpp"
#include "alignment/nginx/values.hpp"
#include "alignment/nginx/variables.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

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

bool is_variable(std::string_view text) {
    return text.size() > 1 && text.starts_with('$');
}

using namespace nginx_context;
constexpr unsigned any_http = http | server | nginx_context::location;
constexpr unsigned rewriting = server | nginx_context::location | if_of_server | if_of_location;
constexpr unsigned any_stream = stream | stream_server;

// Sorted by name.
constexpr std::array<nginx_directive_row, 33> rows{{
    {"error_page", any_http | if_of_location, false, false, 2, any_number, "error_page 404 = @app;",
     nullptr},
    {"events", nginx_context::main, true, true, 0, 0, "events { … }", nullptr},
    {"gzip", any_http | if_of_location, false, true, 1, 1, "gzip on;", is_flag},
    {"http", nginx_context::main, true, true, 0, 0, "http { … }", nullptr},
    {"if", server | nginx_context::location, true, false, 1, any_number, "if ($variable) { … }",
     nullptr},
    {"limit_except", nginx_context::location, true, true, 1, any_number, "limit_except GET { … }",
     nullptr},
    {"listen", server | stream_server, false, false, 1, any_number, "listen 80;", nullptr},
    {"location", server | nginx_context::location, true, false, 1, 2, "location /path { … }",
     nullptr},
    {"map", http | stream, true, false, 2, 2, "map $from $to { … }", nullptr},
    {"proxy_buffering", any_http, false, true, 1, 1, "proxy_buffering off;", is_flag},
    {"proxy_connect_timeout", any_http | any_stream, false, true, 1, 1, "proxy_connect_timeout 5s;",
     is_time},
    {"proxy_http_version", any_http, false, true, 1, 1, "proxy_http_version 1.1;", is_http_version},
    {"proxy_pass",
     nginx_context::location | if_of_location | nginx_context::limit_except | stream_server, false,
     true, 1, 1, "proxy_pass http://127.0.0.1:8081;", nullptr},
    {"proxy_pass_request_headers", any_http, false, true, 1, 1, "proxy_pass_request_headers on;",
     is_flag},
    {"proxy_protocol", any_stream, false, true, 1, 1, "proxy_protocol on;", is_flag},
    {"proxy_read_timeout", any_http, false, true, 1, 1, "proxy_read_timeout 60s;", is_time},
    {"proxy_send_timeout", any_http, false, true, 1, 1, "proxy_send_timeout 60s;", is_time},
    {"proxy_set_header", any_http, false, false, 2, 2, "proxy_set_header Host $host;", nullptr},
    {"proxy_ssl", any_stream, false, true, 1, 1, "proxy_ssl on;", is_flag},
    {"proxy_timeout", any_stream, false, true, 1, 1, "proxy_timeout 10m;", is_time},
    {"return", rewriting | stream_server, false, false, 1, 2, "return 404;", nullptr},
    {"rewrite", rewriting, false, false, 2, 3, "rewrite ^/old /new last;", nullptr},
    {"send_timeout", any_http, false, true, 1, 1, "send_timeout 60s;", is_time},
    {"server", http | stream, true, false, 0, 0, "server { … }", nullptr},
    {"server_name", server | stream_server, false, false, 1, any_number, "server_name app.example;",
     nullptr},
    {"set", rewriting | stream_server, false, false, 2, 2, "set $variable value;", is_variable},
    {"stream", nginx_context::main, true, true, 0, 0, "stream { … }", nullptr},
    {"try_files", server | nginx_context::location, false, true, 2, any_number,
     "try_files $uri @app;", nullptr},
    {"upstream", http | stream, true, false, 1, 1, "upstream name { … }", nullptr},
    {"worker_connections", nginx_context::events, false, true, 1, 1, "worker_connections 1024;",
     is_count},
    {"worker_processes", nginx_context::main, false, true, 1, 1, "worker_processes auto;",
     is_process_count},
    {"worker_rlimit_nofile", nginx_context::main, false, true, 1, 1, "worker_rlimit_nofile 65536;",
     is_count},
    {"worker_shutdown_timeout", nginx_context::main, false, true, 1, 1,
     "worker_shutdown_timeout 1h;", is_time},
}};

/// Where the children of a block stand.
unsigned context_in(std::string_view block, unsigned around) {
    if (block == "events")
        return nginx_context::events;
    if (block == "http")
        return http;
    if (block == "stream")
        return stream;
    if (block == "server")
        return around == stream ? stream_server : server;
    if (block == "location")
        return nginx_context::location;
    if (block == "limit_except")
        return nginx_context::limit_except;
    return around == server ? if_of_server : if_of_location;
}

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

void check_place(const nginx_directive& which, const nginx_directive_row& row, unsigned context,
                 std::vector<diagnostic>& problems) {
    if ((row.contexts & context) == 0)
        problems.push_back({hop_code::nginx_syntax,
                            quoted(row.name) + " may not stand here",
                            {which.head(), ""},
                            {},
                            "move it into the block where it belongs"});
}

/// A URI in `proxy_pass` takes the place of a prefix, and here is none.
void check_uri(const nginx_directive& pass, const nginx_directive& block, unsigned context,
               std::vector<diagnostic>& problems) {
    const std::string_view text = pass.argument(0);
    if (context == stream_server || find_nginx_variable(text).length > 0)
        return;
    const auto to = parse_http_destination(text);
    if (!to || to->uri.empty())
        return;
    std::string_view where;
    if (context == if_of_location)
        where = "an `if`";
    else if (context == nginx_context::limit_except)
        where = "a `limit_except`";
    else if (const auto name = location_name(block); name.is_regex())
        where = "a location by a regular expression";
    else if (name.kind == nginx_location_name::kinds::named)
        where = "a named location";
    else
        return;
    problems.push_back({hop_code::nginx_value,
                        "`proxy_pass` has a path, which Nginx refuses in " + std::string(where),
                        {pass.place_of(pass.words[1]), ""},
                        {},
                        "write it without " + quoted(to->uri)});
}

/// Nginx refuses two locations by the same path; those by regular expressions it tries in order.
void check_locations(const nginx_directive& block, std::vector<diagnostic>& problems) {
    std::map<std::pair<bool, std::string_view>, const nginx_directive*> seen;
    for (const nginx_directive& each : block.children) {
        if (!each.is_block || each.name() != "location" || each.arguments() == 0)
            continue;
        const nginx_location_name name = location_name(each);
        if (name.is_regex())
            continue;
        const bool is_exact = name.kind == nginx_location_name::kinds::exact;
        const auto [first, is_new] = seen.emplace(std::pair(is_exact, name.text), &each);
        if (!is_new)
            problems.push_back({hop_code::nginx_value,
                                quoted(each.head().text()) + " stands twice in one block",
                                {each.head(), ""},
                                {{first->second->head(), "the first one"}},
                                "remove one of them, or give it another path"});
    }
}

void check_block(const nginx_directive& block, unsigned context,
                 std::vector<diagnostic>& problems) {
    std::map<std::string_view, const nginx_directive*> once;
    check_locations(block, problems);
    for (const nginx_directive& each : block.children) {
        if (swallowed_directive(each)) {
            report_missing_semicolon(each, problems);
            continue;
        }
        const nginx_directive_row* const row = find_nginx_directive(each.name());
        if (!row || !has_right_shape(each, *row, problems))
            continue;
        check_value(each, *row, problems);
        check_place(each, *row, context, problems);
        if (row->name == "proxy_pass")
            check_uri(each, block, context, problems);
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
            check_block(each, context_in(row->name, context), problems);
    }
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
    check_block(block, nginx_context::main, problems);
}

void check_nginx_version(const nginx_directive& configuration, const nginx_version& version,
                         std::vector<diagnostic>& problems) {
    struct newcomer {
        std::string_view name;
        std::string_view word; // one of the arguments; empty: the directive itself is new
        nginx_version since;
    };
    constexpr std::array<newcomer, 5> newcomers{{{"http2", "", {1, 25, 1}},
                                                 {"http3", "", {1, 25, 0}},
                                                 {"listen", "quic", {1, 25, 0}},
                                                 {"pass", "", {1, 25, 5}},
                                                 {"proxy_http_version", "2", {1, 29, 4}}}};
    for (const nginx_directive& each : configuration.children) {
        for (const newcomer& one : newcomers) {
            if (each.name() != one.name || version >= one.since || each.is_block)
                continue;
            bool is_used = one.word.empty();
            for (std::size_t i = 0; i < each.arguments(); ++i)
                is_used |= !one.word.empty() && each.argument(i) == one.word;
            if (is_used)
                problems.push_back(
                    {hop_code::nginx_value,
                     quoted(each.head().text()) + " is new in Nginx " + to_string(one.since),
                     {each.whole(), "this Nginx is " + to_string(version)},
                     {},
                     "remove it, or use a later Nginx"});
        }
        if (is_context(each.name()))
            check_nginx_version(each, version, problems);
    }
}

} // namespace pulsegate
