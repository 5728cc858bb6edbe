// What an Nginx configuration does with connections to the gateway: the locations that proxy to one
// of its listeners, and the values in force there. Read as Nginx reads it, from its own files or
// from the output of `nginx -T`.
#pragma once

#include "alignment/files.hpp"
#include "alignment/hop.hpp"
#include "alignment/hosts_file.hpp"
#include "alignment/nginx/header.hpp"
#include "alignment/nginx/pattern.hpp"
#include "alignment/nginx/sent.hpp"
#include "alignment/nginx/values.hpp"
#include "alignment/nginx/version.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "config/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// What decides whether an event stream passes as it comes. Nginx holds an answer back, if
/// `buffering` is on, until its buffers are full or it ends: when the end of the connection
/// delimits it, as in HTTP/1.0, and when it compresses it. `X-Accel-Buffering: no` in the answer
/// switches that off, and is not passed on. Measured on 1.22.
struct nginx_streaming {
    nginx_setting<bool> buffering;
    std::optional<span> compressed; // `gzip_types` with event streams among them, and `gzip on`
    std::optional<span> deaf;       // `proxy_ignore_headers X-Accel-Buffering`
    bool tells = false;             // passes the header on, or sets it
};

/// A limit on connections at the same time.
struct nginx_cap {
    span where;
    std::uint64_t most = 0;     // 0: of a limit on how often clients come
    bool is_per_client = false; // by the client's address
    bool is_per_worker = false;
};

/// A location, or a server of `stream`, that proxies to one of the gateway's listeners. One that
/// proxies to several of them, by an upstream group or a variable, is one passage for each.
struct nginx_passage {
    enum class protocols : std::uint8_t { http, stream };

    protocols protocol = protocols::http;
    span where;        // the head of the block: `location /ws/`, `if ($x)`, `server`
    span proxy_pass;   // the directive with its `;`
    std::string title; // for users: `location ~ ^/ws`, `if ($x) in location /`, `server of stream`
    std::optional<std::string> path; // how every request path begins when it reaches the gateway;
                                     // nothing where that is unknown: a regular expression, a
                                     // named location, a rewrite, a variable
    socket_address target;           // what Nginx connects to

    /// Which of nginx_request::listeners that is; nothing if it is another server of this Nginx,
    /// which leads on to one.
    std::optional<std::size_t> listener;

    /// True for a server that another one of this Nginx leads to.
    bool is_inner = false;

    /// Whether any request comes here: a location may be hidden behind others, or behind a
    /// `return`.
    answer is_reached = answer::yes;
    std::vector<std::size_t> routes; // of nginx_request::routes: those whose requests come here, as
                                     // far as they were found; of stream: all
    std::vector<std::size_t> exact_routes; // those of them that come with the route's own path
    bool takes_proxy_header = false;       // a `listen` of its server has `proxy_protocol`
    bool has_gaps = false;                 // settings in force here may stand in an unread file

    /// Whether a WebSocket handshake that comes here is one still when it leaves; of http.
    answer is_upgraded = answer::yes;
    std::vector<nginx_obstacle> obstacles; // why not, or why that is not to be seen

    std::vector<nginx_cap> caps; // on the number of connections
    std::optional<span> bind;    // `proxy_bind`
    std::string bound_to;        // the address in it; empty if that is the client's own

    /// http: `proxy_read_timeout`, 60 s; stream: `proxy_timeout`, 10 minutes.
    nginx_setting<milliseconds> read_timeout;

    /// Whether Nginx speaks TLS to the gateway: `https://`, or `proxy_ssl on;` of stream. Nothing
    /// where clients decide: `$scheme`, and a stream that passes on what they send.
    std::optional<bool> is_secure;

    // Of stream only: true if Nginx begins each connection with a PROXY protocol header.
    nginx_setting<bool> proxy_protocol;

    // Of http only.
    nginx_setting<std::string> http_version;
    nginx_streaming streaming;
    std::optional<nginx_setting<milliseconds>> keep_alive; // of idle connections to the target;
                                                           // nothing if none is kept
    std::vector<nginx_header> headers;      // in force: those of the nearest level that has any
    std::vector<nginx_header> lost_headers; // of outer levels, switched off by those in force and
                                            // not among their names; inner levels first
};

/// A `proxy_pass` that leads to none of the gateway's listeners.
struct nginx_elsewhere {
    span where; // the directive
    socket_address target;
};

/// A `proxy_pass` of which cannot be said whether it reaches the gateway.
struct nginx_undecided {
    span where;      // the directive
    std::string why; // lower case: `$backend` is known only when a request arrives
};

/// Settings of the whole process, of the contexts `main` and `events`.
struct nginx_process_settings {
    nginx_setting<std::optional<unsigned>> worker_processes;          // nothing: `auto`; default 1
    nginx_setting<std::uint64_t> worker_connections;                  // default 512
    nginx_setting<std::optional<std::uint64_t>> worker_rlimit_nofile; // default: unset
    nginx_setting<std::optional<milliseconds>> worker_shutdown_timeout; // default: unset, no limit
    std::optional<proxy_user> user; // nothing: as Nginx was built, mostly `nobody`
};

struct nginx_reading {
    nginx_version version;
    bool is_version_assumed = false;
    nginx_process_settings process;
    std::vector<nginx_passage> passages;
    std::vector<nginx_undecided> undecided;
    std::vector<nginx_elsewhere> elsewhere;
    std::vector<proxy_entrance> entrances; // of the servers that lead to the gateway
    std::vector<span> down;                // servers of a group that are the gateway, but `down`
    std::vector<span> trusts_all; // `set_real_ip_from` of all addresses: clients choose theirs

    /// A part that belongs inside http{}, such as a file of conf.d; nothing is known of the
    /// process.
    bool is_fragment = false;

    source main; // the file that is read first; null if it is unreadable: then only
                 // `problems` says anything
    std::vector<std::string> files;    // all that were read, each once, the main file first
    std::vector<std::string> patterns; // of the `include`s that have wildcards; absolute
                                       // if the path of the main file is

    /// hop_code::nginx_syntax, nginx_include, nginx_value, and proxy_unreadable for the main file.
    std::vector<diagnostic> problems;
};

struct nginx_request {
    std::string path;                     // of nginx.conf; relative includes start at its folder
    std::optional<nginx_version> version; // nothing: assumed_nginx_version
    std::vector<socket_address> listeners;
    span declared;                           // in gateway.yaml: what named the file
    hosts_file names = {};                   // of the machine on which Nginx runs
    std::vector<std::string> routes = {"/"}; // of the gateway, as their paths
};

/// Reads the whole configuration.
/// Errors: in `problems`; the rest tells what could be read all the same. Never throws.
/// Limits: 10,000 included files, 64 MiB of text, 2 million words, 64 levels of blocks and of
/// includes; past one of them nothing more is read, which is a problem.
[[nodiscard]] nginx_reading read_nginx(file_tree& files, const nginx_request& what);

/// True if a WebSocket passes to each route whose requests come here, though not by this passage: a
/// place for pages, beside one for WebSockets.
/// \param at_least  what must be known of the other passages.
[[nodiscard]] bool is_served_elsewhere(const nginx_passage& passage, const nginx_reading& reading,
                                       answer at_least);

/// True if no WebSocket passes here, and none has to.
[[nodiscard]] bool is_for_pages(const nginx_passage& passage, const nginx_reading& reading);

struct nginx_dump {
    memory_files files;
    std::string main; // the path of nginx.conf
};

/// Splits `text` at its lines `# configuration file /etc/nginx/nginx.conf:`; what stands before the
/// first of them (`nginx: the configuration file … syntax is ok`) is ignored. The first file is the
/// main one. Nothing if there is no such line: then it is no dump.
[[nodiscard]] std::optional<nginx_dump> split_nginx_dump(std::string_view text);

} // namespace pulsegate
