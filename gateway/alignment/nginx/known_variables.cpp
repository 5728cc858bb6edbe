#include "alignment/nginx/known_variables.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/variables.hpp"
#include "base/ascii_case.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

namespace pulsegate {
namespace {

// Of Nginx 1.30 with all of its modules, those with such a beginning apart.
constexpr std::array<std::string_view, 84> own_names{"ancient_browser",
                                                     "args",
                                                     "binary_remote_addr",
                                                     "body_bytes_sent",
                                                     "bytes_received",
                                                     "bytes_sent",
                                                     "connection",
                                                     "connection_requests",
                                                     "connection_time",
                                                     "connections_active",
                                                     "connections_reading",
                                                     "connections_waiting",
                                                     "connections_writing",
                                                     "content_length",
                                                     "content_type",
                                                     "date_gmt",
                                                     "date_local",
                                                     "document_root",
                                                     "document_uri",
                                                     "fastcgi_path_info",
                                                     "fastcgi_script_name",
                                                     "gzip_ratio",
                                                     "host",
                                                     "hostname",
                                                     "http2",
                                                     "http3",
                                                     "https",
                                                     "invalid_referer",
                                                     "is_args",
                                                     "is_request_port",
                                                     "limit_conn_status",
                                                     "limit_rate",
                                                     "limit_req_status",
                                                     "memcached_key",
                                                     "modern_browser",
                                                     "msec",
                                                     "msie",
                                                     "nginx_version",
                                                     "pid",
                                                     "pipe",
                                                     "protocol",
                                                     "proxy_add_x_forwarded_for",
                                                     "proxy_host",
                                                     "proxy_internal_body_length",
                                                     "proxy_internal_chunked",
                                                     "proxy_port",
                                                     "proxy_protocol_addr",
                                                     "proxy_protocol_port",
                                                     "proxy_protocol_server_addr",
                                                     "proxy_protocol_server_port",
                                                     "query_string",
                                                     "quic",
                                                     "realip_remote_addr",
                                                     "realip_remote_port",
                                                     "realpath_root",
                                                     "remote_addr",
                                                     "remote_port",
                                                     "remote_user",
                                                     "request",
                                                     "request_body",
                                                     "request_body_file",
                                                     "request_completion",
                                                     "request_filename",
                                                     "request_id",
                                                     "request_length",
                                                     "request_method",
                                                     "request_port",
                                                     "request_time",
                                                     "request_uri",
                                                     "scheme",
                                                     "secure_link",
                                                     "secure_link_expires",
                                                     "server_addr",
                                                     "server_name",
                                                     "server_port",
                                                     "server_protocol",
                                                     "session_time",
                                                     "slice_range",
                                                     "status",
                                                     "time_iso8601",
                                                     "time_local",
                                                     "tcpinfo_rtt",
                                                     "uid_got",
                                                     "uri"};

// Beginnings of more: those of Nginx's own modules, and of modules that are often built in.
constexpr std::array<std::string_view, 37> beginnings{
    "arg_",          "http_",       "cookie_",       "sent_http_",
    "sent_trailer_", "trailer_",    "upstream_",     "ssl_",
    "geoip",         "jwt_",        "otel_",         "proxy_protocol_tlv",
    "proxy_ssl_",    "tcpinfo_",    "uid_",          "date_",
    "zone_",         "keyval",      "echo_",         "vts_",
    "upload_",       "session_",    "brotli_",       "zstd_",
    "modsec",        "opentracing", "opentelemetry", "lua_",
    "memc_",         "redis",       "encrypted_",    "acme_",
    "sticky",        "stream_",     "spdy",          "gzip_",
    "limit_"};

bool is_own(std::string_view name) {
    return std::find(own_names.begin(), own_names.end(), name) != own_names.end() ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view each) { return name.starts_with(each); }) ||
           (name.size() == 1 && name.front() >= '0' && name.front() <= '9');
}

/// Directives in which a variable that stands alone is used, not made.
bool uses(std::string_view name) {
    constexpr std::array<std::string_view, 13> names{
        "proxy_set_header", "proxy_pass",    "if",        "return", "rewrite",
        "add_header",       "fastcgi_param", "try_files", "root",   "alias",
        "proxy_redirect",   "error_page",    "access_log"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

class variable_collector {
public:
    void visit(const nginx_directive& block, std::size_t depth) {
        for (const nginx_directive& each : block.children) {
            has_others_ |= is_foreign(each);
            if (each.name().starts_with('$')) // of a block like `geoip2`
                made_.insert(lower_case(each.name().substr(1)));
            for (std::size_t i = 0; i < each.arguments(); ++i)
                visit_word(each, i);
            if (each.is_block && depth < 64)
                visit(each, depth + 1);
        }
    }

    void report(std::vector<diagnostic>& problems) const {
        if (has_others_)
            return;
        for (const auto& [directive, name] : used_)
            if (!is_own(name) && !made_.contains(name))
                problems.push_back({hop_code::nginx_value,
                                    "there is no variable " + quoted('$' + name),
                                    {directive->whole(), "Nginx does not start with it"},
                                    {},
                                    name == "connection_upgrade"
                                        ? "add outside of all `server` blocks:\n"
                                          "map $http_upgrade $connection_upgrade { default "
                                          "upgrade; '' close; }"
                                        : "make it by `set` or `map`, or write its name right"});
    }

private:
    /// Modules of others, and scripts, have variables of their own.
    static bool is_foreign(const nginx_directive& directive) {
        constexpr std::array<std::string_view, 6> known{"stream", "mail",  "xslt",
                                                        "geoip",  "image", "perl"};
        const std::string_view name = directive.name();
        if (name == "load_module")
            return std::none_of(known.begin(), known.end(), [&](std::string_view each) {
                return directive.argument(0).find(each) != std::string_view::npos &&
                       directive.argument(0).find("geoip2") == std::string_view::npos;
            });
        return name.find("_by_lua") != name.npos || name.starts_with("lua_") ||
               name.starts_with("js_") || name.starts_with("perl") || name == "include";
    }

    void visit_word(const nginx_directive& directive, std::size_t index) {
        const std::string_view word = directive.argument(index);
        for (const std::string_view opening : {"(?<", "(?P<"})
            for (std::size_t at = word.find(opening); at != word.npos;
                 at = word.find(opening, at + 1)) {
                const std::size_t from = at + opening.size();
                made_.insert(lower_case(word.substr(from, word.find('>', from) - from)));
            }
        if (!uses(directive.name())) {
            if (word.starts_with('$'))
                made_.insert(lower_case(word.substr(1)));
            return;
        }
        // A regular expression is full of `$`.
        const bool is_pattern = (directive.name() == "rewrite" && index == 0) ||
                                (directive.name() == "if" && index > 0);
        if (is_pattern)
            return;
        for (nginx_variable found = find_nginx_variable(word); found.length > 0;
             found = find_nginx_variable(word, found.offset + found.length))
            used_.emplace_back(&directive, lower_case(found.name));
    }

    std::set<std::string, std::less<>> made_;
    std::vector<std::pair<const nginx_directive*, std::string>> used_;
    bool has_others_ = false;
};

} // namespace

void check_nginx_variables(const nginx_directive& configuration,
                           std::vector<diagnostic>& problems) {
    variable_collector all;
    all.visit(configuration, 0);
    all.report(problems);
}

} // namespace pulsegate
