#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

// Of PG160 to PG165.
constexpr std::string_view clean_tls =
    "listeners:\n  - address: 127.0.0.1:8443\n"
    "    tls: { certificate: fullchain.pem, private_key: private.key }\n";

// Of PG166 to PG168.
constexpr std::string_view clean_token = "admin:\n  token_file: admin.token\n";

constexpr std::array code_rows{
    // PG101 to PG108: the file and its keys.
    code_row{code::syntax, "PG101", severity::error, "not valid YAML",
             "The file cannot be read past this place: an indentation that fits no line above, a\n"
             "tab, a bracket or quote without its partner, a `: ` inside unquoted text. Nothing\n"
             "else in the file was checked yet.",
             "heartbeat:\n  interval: 25s\n timeout: 45s\n",
             "heartbeat:\n  interval: 25s\n  timeout: 45s\n",
             "YAML 1.2.2, https://yaml.org/spec/1.2.2/"},
    code_row{code::not_text, "PG102", severity::error, "not a text file",
             "The file has bytes that are not UTF-8, or control characters, which YAML forbids.\n"
             "Often a binary file, a file in another encoding, or a stray key press.",
             "drain:\n  close: { reason: \"bye\x07\" }\n", "drain:\n  close: { reason: \"bye\" }\n",
             "YAML 1.2.2 section 5.1"},
    code_row{code::not_a_map, "PG103", severity::error, "not one map of keys",
             "A configuration is one YAML document: a map from keys such as `routes` to their\n"
             "values. This file holds a list, a single text, or a second document.",
             "- path: /\n  upstream: echo\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},
    code_row{code::unknown_key, "PG104", severity::error, "unknown key",
             "No such key exists here. A misspelt key would otherwise do nothing, silently. Keys\n"
             "of other versions are not accepted either: a key that is accepted has an effect.",
             "heartbeat:\n  tiemout: 45s\n", "heartbeat:\n  timeout: 45s\n",
             "gateway.yaml has every key"},
    code_row{code::duplicate_key, "PG105", severity::error, "a key set twice",
             "YAML forbids it, and parsers disagree on which of the two values counts.",
             "workers: 2\nlog: { level: info }\nworkers: 4\n", "workers: 4\nlog: { level: info }\n",
             "YAML 1.2.2 section 3.2.1.3"},
    code_row{code::wrong_kind, "PG106", severity::error, "the wrong kind of value",
             "The key takes a text, a list or a map, and has one of the others, or no value at\n"
             "all. Often an indentation that is one level off, or a `-` that is missing.",
             "trusted_proxies: 10.0.3.0/24\n", "trusted_proxies: [10.0.3.0/24]\n",
             "gateway.yaml, the documented default"},
    code_row{code::missing_key, "PG107", severity::error, "a key is missing",
             "Each listener needs its `address`, each route its `path` and its `upstream`: there\n"
             "is no default that would be right for a second one.",
             "routes:\n  - upstream: echo\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},
    code_row{code::empty_list, "PG108", severity::error, "an empty list",
             "Without a listener nobody can connect; without a route every request gets 404. A\n"
             "gateway that can serve nobody does not start.",
             "routes: []\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},

    // PG110 to PG115: plain values.
    code_row{code::bad_duration, "PG110", severity::error, "not a duration",
             "A duration is whole numbers with units, from large to small: `25s`, `1m30s`,\n"
             "`250ms`, `2h`. A bare number is refused, because proxies count some limits in\n"
             "seconds and others in milliseconds, and a guess would be wrong by a factor of 1000.",
             "heartbeat:\n  interval: 25\n", "heartbeat:\n  interval: 25s\n",
             "gateway.yaml, the documented default"},
    code_row{code::bad_size, "PG111", severity::error, "not a size",
             "A size is a whole number with one of the units `B`, `KiB`, `MiB`, `GiB`, `TiB`.\n"
             "`KB` and `MB` are refused, because some read them as 1000 and others as 1024.",
             "limits:\n  message: 16MB\n", "limits:\n  message: 16MiB\n",
             "IEC 80000-13, prefixes for binary multiples"},
    code_row{code::bad_number, "PG112", severity::error, "not a whole number",
             "The key takes a decimal number without sign, point, unit or grouping.",
             "limits:\n  connections: 100k\n", "limits:\n  connections: 100000\n",
             "gateway.yaml, the documented default"},
    code_row{code::out_of_range, "PG113", severity::error, "out of range",
             "The value is well formed, but outside the range in which the key makes sense.",
             "limits:\n  handshake: 10ms\n", "limits:\n  handshake: 10s\n",
             "gateway.yaml, the documented default"},
    code_row{code::unknown_choice, "PG114", severity::error, "not one of the choices",
             "The key takes one of a few words, spelt in lower case.", "log:\n  level: warn\n",
             "log:\n  level: warning\n", "gateway.yaml, the documented default"},
    code_row{code::text_length, "PG115", severity::error, "a text that is empty or too long",
             "Text heartbeats and their answers have 1 to 125 bytes, like the native pings that\n"
             "they stand in for: the gateway holds one for every session.",
             "heartbeat:\n  text: { send: \"\" }\n", "heartbeat:\n  text: { send: ping }\n",
             "RFC 6455 section 5.5"},

    // PG120 to PG129: addresses and headers.
    code_row{code::bad_address, "PG120", severity::error, "not an address to listen on",
             "A listener needs a literal IPv4 address, an IPv6 address in brackets, each with a\n"
             "port, or the path of a Unix socket. Names are not resolved: what a name means may\n"
             "change, and with it who can reach the gateway.",
             "listeners:\n  - address: localhost:8081\n",
             "listeners:\n  - address: 127.0.0.1:8081\n",
             "RFC 3986 section 3.2.2 for the brackets; unix(7) for the length of a path"},
    code_row{code::repeated_address, "PG121", severity::error, "an address used twice",
             "Two listeners, or a listener and the admin listener, would share an address, and\n"
             "the kernel would hand each connection to either of them.",
             "listeners:\n  - address: 127.0.0.1:8081\n  - address: 127.0.0.1:8081\n",
             "listeners:\n  - address: 127.0.0.1:8081\n  - address: 127.0.0.1:8082\n",
             "socket(7), SO_REUSEPORT"},
    code_row{code::public_admin, "PG122", severity::error, "an open admin listener",
             "The admin listener tells of every client and can close connections. Who is on this\n"
             "machine may read there without being asked; everybody else has to show the token of\n"
             "`admin.token_file`, so there has to be one. It travels in clear text: across a\n"
             "network that you do not trust, put TLS in front.",
             "admin:\n  address: 0.0.0.0:9464\n",
             "admin:\n  address: 0.0.0.0:9464\n  token_file: admin.token\n",
             "RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3"},
    code_row{code::bad_block, "PG123", severity::error, "not a block of addresses",
             "A block is an address and the length of its prefix. Requests from these addresses\n"
             "are believed when they name a client's address, so nothing is guessed here.",
             "trusted_proxies: [10.0.0.0/33]\n", "trusted_proxies: [10.0.3.0/24]\n",
             "RFC 4632 section 3.1"},
    code_row{code::host_bits, "PG124", severity::error, "bits after the prefix of a block",
             "`10.1.2.3/8` is either the block 10.0.0.0/8 or the address 10.1.2.3/32: they differ\n"
             "by sixteen million addresses that would be trusted.",
             "trusted_proxies: [10.1.2.3/24]\n", "trusted_proxies: [10.1.2.0/24]\n",
             "RFC 4632 section 3.1"},
    code_row{code::bad_header_name, "PG125", severity::error, "not the name of a header",
             "A header's name is letters, digits and a few signs, without spaces and without the\n"
             "colon that follows it in a request.",
             "client_ip_header: \"X-Forwarded-For:\"\n", "client_ip_header: X-Forwarded-For\n",
             "RFC 9110 section 5.6.2"},
    code_row{code::proxy_protocol_unused, "PG126", severity::error,
             "PROXY headers that nobody may send",
             "A PROXY header says where a connection comes from, so it is believed from\n"
             "`trusted_proxies` only. With nobody to trust, `require` would refuse every\n"
             "connection, and `accept` would take none of their headers.",
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require }\n"
             "trusted_proxies: []\n",
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require }\n"
             "trusted_proxies: [127.0.0.1/32]\n",
             "https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt section 5"},
    code_row{code::bad_via, "PG127", severity::error, "not a name for `Via`",
             "The header `Via` names each program that relays a message by a host or by a word of\n"
             "its own, without blanks. Others would take the rest for a comment or for another\n"
             "program.",
             "via: my gateway\n", "via: my-gateway\n", "RFC 9110 section 7.6.3"},
    code_row{
        code::cannot_listen, "PG128", severity::warning,
        "an address that cannot be listened on here",
        "Ports below 1024 need root or CAP_NET_BIND_SERVICE, a Unix socket a directory to write\n"
        "into. `check` sees that only on the gateway's machine, as its user.",
        "listeners:\n  - address: unix:/nonexistent/pulsegate.sock\n",
        "listeners:\n  - address: unix:/tmp/pulsegate.sock\n", "ip(7), unix(7)"},
    code_row{code::wide_trust, "PG129", severity::note, "many addresses that are trusted",
             "Whoever connects from there chooses the client's address that limits, log and "
             "application\n"
             "go by: in a cluster every pod, in an office everybody. Proxies need less room.",
             "trusted_proxies: [10.0.0.0/8]\n", "trusted_proxies: [10.0.3.0/24]\n",
             "RFC 7239 section 8.1"},

    // PG130 to PG135: heartbeats and close codes.
    code_row{code::timeout_too_short, "PG130", severity::error, "timeout not above interval",
             "A quiet client sends something only when it answers a ping, once per `interval`. If\n"
             "it is evicted after a silence no longer than that, every quiet client is.",
             "heartbeat:\n  interval: 30s\n  timeout: 30s\n",
             "heartbeat:\n  interval: 30s\n  timeout: 60s\n", "RFC 6455 section 5.5.2"},
    code_row{code::timeout_tight, "PG131", severity::warning, "timeout barely above interval",
             "With less than one and a half intervals, one answer that a slow network or a\n"
             "sleeping phone delays is enough to evict a healthy client. Two intervals leave room\n"
             "for one lost ping.",
             "heartbeat:\n  interval: 30s\n  timeout: 40s\n",
             "heartbeat:\n  interval: 30s\n  timeout: 60s\n", "RFC 6455 section 5.5.2"},
    code_row{
        code::bad_close_code, "PG132", severity::error, "not a code for a Close frame",
        "1004, 1005, 1006 and 1015 are reserved and never stand in a Close frame, and clients\n"
        "fail the connection when they meet a code that is not defined.",
        "heartbeat:\n  close: { code: 1006 }\n", "heartbeat:\n  close: { code: 4001 }\n",
        "RFC 6455 section 7.4, IANA WebSocket Close Code Number Registry"},
    code_row{
        code::long_reason, "PG133", severity::error, "a reason that is too long",
        "A Close frame has at most 125 bytes, of which the code takes two.",
        "drain:\n"
        "  close:\n"
        "    reason: the service is about to be restarted, please connect again after a short\n"
        "      while, and accept our apologies for this interruption of your session\n",
        "drain:\n  close:\n    reason: service restart\n", "RFC 6455 section 5.5"},
    code_row{code::misleading_code, "PG134", severity::warning, "evictions that look like crashes",
             "1011 says that the application failed. Used for silent clients it fills error\n"
             "reports with events in which nothing failed, and some clients do not come back.",
             "heartbeat:\n  close: { code: 1011 }\n", "heartbeat:\n  close: { code: 4001 }\n",
             "RFC 6455 section 7.4.1"},
    code_row{code::answered_reply, "PG135", severity::error, "a text that is answer and question",
             "With text heartbeats, the gateway takes `text.expect` as the answer to its own\n"
             "heartbeat. If `answer` holds the same text, the gateway would also answer that\n"
             "answer, and client and gateway could go on without end.",
             "heartbeat:\n  method: ping_then_text\n  text: { send: ping, expect: pong }\n"
             "  answer: { pong: ping }\n",
             "heartbeat:\n  method: ping_then_text\n  text: { send: ping, expect: pong }\n"
             "  answer: { ping: pong }\n",
             "gateway.yaml, the documented default"},

    // PG140 to PG147: routes.
    code_row{code::bad_path, "PG140", severity::error, "not a path of requests",
             "A route's path begins with `/` and is compared with the paths of requests, whole\n"
             "segment by whole segment, as clients send them: percent-encoded, without query.",
             "routes:\n  - path: chat\n    upstream: echo\n",
             "routes:\n  - path: /chat\n    upstream: echo\n", "RFC 3986 section 3.3"},
    code_row{code::repeated_path, "PG141", severity::error, "two routes with one path",
             "Only one of them could ever be used. `/chat` and `/chat/` are the same route.",
             "routes:\n  - path: /chat\n    upstream: echo\n"
             "  - path: /chat/\n    upstream: ws://127.0.0.1:8000\n",
             "routes:\n  - path: /chat\n    upstream: echo\n"
             "  - path: /news\n    upstream: ws://127.0.0.1:8000\n",
             "gateway.yaml, the documented default"},
    code_row{
        code::bad_upstream, "PG142", severity::error, "not an upstream",
        "An upstream is `echo`, the built-in application that returns every message, or the\n"
        "URL of an application: `ws://host:port/path`, or `wss://` for TLS, without user, query\n"
        "or fragment.",
        "routes:\n  - path: /\n    upstream: http://127.0.0.1:8000\n",
        "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n", "RFC 6455 section 3"},
    code_row{
        code::bad_origin, "PG143", severity::error, "not the origin of a page",
        "Browsers tell the origin of the page that connects as scheme, host and port, such as\n"
        "`https://app.example.com`, without a path. What has another form is never equal to\n"
        "it, so the page would be refused.",
        "routes:\n  - path: /\n    upstream: echo\n    origins: [app.example.com]\n",
        "routes:\n  - path: /\n    upstream: echo\n"
        "    origins: [\"https://app.example.com\"]\n",
        "RFC 6454 section 6.2, RFC 6455 section 10.2"},
    code_row{
        code::path_pattern, "PG144", severity::warning, "a path that looks like a pattern",
        "A route takes every request whose path is its own or below it, so it needs no pattern.\n"
        "`*`, `:name` and `$` stand for themselves, and all clients get 404.",
        "routes:\n  - path: /ws/*\n    upstream: echo\n",
        "routes:\n  - path: /ws\n    upstream: echo\n", "gateway.yaml, the documented default"},
    code_row{code::nothing_said, "PG145", severity::warning, "a file that says nothing",
             "Every key keeps its default: a listener that returns every message to its sender.",
             "# nothing yet\n", "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n",
             "gateway.yaml, the documented default"},
    code_row{code::own_upstream, "PG146", severity::error, "an upstream that is the gateway itself",
             "Each request would come back to the gateway, and be sent to it again, until all of\n"
             "its places are taken. Often the port of `listeners` was written in place of the\n"
             "application's. A way back that is not to be seen here, as by way of a proxy, is\n"
             "noticed when it is used: then the client gets 508.",
             "listeners:\n  - address: 127.0.0.1:8081\n"
             "routes:\n  - path: /\n    upstream: ws://localhost:8081\n",
             "listeners:\n  - address: 127.0.0.1:8081\n"
             "routes:\n  - path: /\n    upstream: ws://localhost:8000\n",
             "RFC 5842 section 7.2"},
    code_row{
        code::app_unreachable, "PG147", severity::error, "an application that cannot be reached",
        "`check --connect` has dialled it. While nobody answers, clients get 502 or 504.",
        "routes:\n  - path: /\n    upstream: ws://nosuch.invalid:8000\n",
        "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n", "getaddrinfo(3), connect(2)"},
    code_row{
        code::no_routes, "PG148", severity::note, "a file without routes",
        "`routes` say where the application is. Without them the gateway is an echo server: it\n"
        "returns every message to its sender, as `upstream: echo` does.",
        "workers: 2\n", "workers: 2\nroutes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n",
        "gateway.yaml, the documented default"},

    // PG150 to PG152: how the proxies in front are described.
    code_row{
        code::unclear_proxy, "PG150", severity::error, "a proxy described twice, or not",
        "Each entry of `proxies` is one of: a `preset`, an `nginx` or `haproxy` configuration to\n"
        "read, or figures alone. Figures beside a preset replace the preset's; beside a\n"
        "file they would contradict what the file says.",
        "proxies:\n  - preset: heroku\n  - name: office proxy\n",
        "proxies:\n  - preset: heroku\n  - name: office proxy\n    idle: 5m\n",
        "gateway.yaml, the documented default"},
    code_row{code::repeated_proxy, "PG151", severity::error, "two proxies of one name",
             "Reports and the metric pulsegate_alignment_margin_seconds tell proxies apart by\n"
             "their names.",
             "proxies:\n  - { name: edge, idle: 60s }\n  - { name: edge, idle: 5m }\n",
             "proxies:\n  - { name: edge, idle: 60s }\n  - { name: office, idle: 5m }\n",
             "gateway.yaml, the documented default"},

    code_row{code::edge_untrusted, "PG152", severity::warning,
             "Cloudflare, and nobody who believes it",
             "The peer that connects is one of Cloudflare's edge servers. Unless these are "
             "trusted, its\n"
             "address is taken for the client's. Nginx in between may mend it by `real_ip_header`.",
             "proxies:\n  - preset: cloudflare\n",
             "trusted_proxies: [cloudflare]\nproxies:\n  - preset: cloudflare\n",
             "https://www.cloudflare.com/ips/"},

    // PG160 to PG165: certificates and keys.
    code_row{
        code::tls_unreadable, "PG160", severity::error, "a certificate or key cannot be read",
        "The file does not exist, or the user that runs the gateway may not read it. Paths are\n"
        "taken from the directory of gateway.yaml. `pulsegate check` sees what the gateway\n"
        "would see only if it runs as the same user.",
        "listeners:\n  - address: 127.0.0.1:8443\n"
        "    tls: { certificate: absent.pem, private_key: private.key }\n",
        clean_tls, "path_resolution(7)"},
    code_row{code::tls_unusable, "PG161", severity::error, "not a usable certificate or key",
             "Certificates and keys are read as PEM: text with `-----BEGIN CERTIFICATE-----` or\n"
             "`-----BEGIN PRIVATE KEY-----` in it. A key may not have a password, since nobody is\n"
             "there to type it, and OpenSSL refuses keys that are too short to be safe.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: private.key, private_key: private.key }\n",
             clean_tls, "RFC 7468; openssl-ciphers(1), security levels"},
    code_row{
        code::tls_mismatch, "PG162", severity::error, "the key is not the certificate's",
        "Certificate and private key are made together, and only together can they be used.\n"
        "Often one of them was renewed without the other, or the certificate file begins with\n"
        "the authority's certificate: the gateway's own has to be the first.",
        "listeners:\n  - address: 127.0.0.1:8443\n"
        "    tls: { certificate: fullchain.pem, private_key: other.key }\n",
        clean_tls, "RFC 8446 section 4.4.2"},
    code_row{code::tls_expires, "PG163", severity::warning,
             "a certificate outside its time, or soon to be",
             "Clients refuse a certificate that has expired or is not valid yet. This one has\n"
             "expired, begins later, or has less than 14 days left: most that are renewed by\n"
             "themselves are renewed 30 days before their end, so renewal has failed by now.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: expired.pem, private_key: private.key }\n",
             clean_tls, "RFC 5280 section 4.1.2.5"},
    code_row{code::tls_open_key, "PG164", severity::error, "a private key that everybody can read",
             "Whoever has the private key can pass for this gateway. Every user and every program\n"
             "of this machine may read the file, or put another one in its place.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: fullchain.pem, private_key: open.key }\n",
             clean_tls, "chmod(1)"},
    code_row{code::tls_without_use, "PG165", severity::error, "TLS for an upstream without TLS",
             "A route's `tls` says how an application is reached over `wss://`. This upstream is\n"
             "reached without TLS, so the keys would have no effect, and the connection would not\n"
             "be protected.",
             "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n"
             "    tls: { server_name: app.example }\n",
             "routes:\n  - path: /\n    upstream: wss://127.0.0.1:8000\n"
             "    tls: { server_name: app.example }\n",
             "gateway.yaml, the documented default"},

    // PG166 to PG168: the token of the admin listener.
    code_row{code::token_unreadable, "PG166", severity::error, "the token cannot be read",
             "The file does not exist, or the user that runs the gateway may not read it. The\n"
             "path is taken from the directory of gateway.yaml. `pulsegate check` sees what the\n"
             "gateway would see only if it runs as the same user.",
             "admin:\n  token_file: absent.token\n", clean_token, "path_resolution(7)"},
    code_row{code::token_open, "PG167", severity::error, "a token that everybody can read",
             "Whoever has the token can close every connection of this gateway. Every user and\n"
             "every program of this machine may read the file, or put another one in its place.",
             "admin:\n  token_file: open.token\n", clean_token, "chmod(1)"},
    code_row{code::token_unusable, "PG168", severity::error, "not a usable token",
             "Clients send the token in the header `Authorization: Bearer`, which admits letters,\n"
             "digits and `-._~+/`, with `=` at the end. One of less than 16 characters could be\n"
             "guessed. The file holds the token and nothing else; a line's end after it is fine.",
             "admin:\n  token_file: short.token\n", clean_token, "RFC 6750 section 2.1"},

    // PG169: TLS again.
    code_row{
        code::tls_no_names, "PG169", severity::warning, "a certificate that names no host",
        "A certificate is for the hosts in its subject alternative names. This one has none, at\n"
        "most a common name, which nobody takes for the name of a host any more: this gateway\n"
        "refuses it, as browsers do. Old instructions for self-signed certificates make such\n"
        "ones.",
        "routes:\n  - path: /\n    upstream: wss://gateway.example:8443\n"
        "    tls: { ca_file: early.pem }\n",
        "routes:\n  - path: /\n    upstream: wss://gateway.example:8443\n"
        "    tls: { ca_file: fullchain.pem }\n",
        "RFC 9525 sections 4.1 and 6.3"},

    // PG170 and PG171: limits.
    code_row{code::limit_never_reached, "PG170", severity::warning,
             "a limit that cannot be reached",
             "The limit of one client is above that of all clients together, so it never takes\n"
             "effect. Often a digit too many, or the two numbers swapped.",
             "limits:\n  connections: 500\n  connections_per_client: 1000\n",
             "limits:\n  connections: 1000\n  connections_per_client: 500\n",
             "gateway.yaml, the documented default"},
    code_row{code::too_few_ports, "PG171", severity::warning, "more connections than ports",
             "Each connection to an application takes a port of this machine, and Linux has\n"
             "28,232 for it (net.ipv4.ip_local_port_range) towards each address and port of an\n"
             "application. When they are used up, clients get 503, and\n"
             "pulsegate_app_errors_total{kind=\"no_port\"} counts them. Where the upstream is a\n"
             "name with several addresses there are as many for each of them, and this warning\n"
             "may be wrong. It looks at the machine, or the container, in which `check` runs.",
             "limits:\n  connections: 100000\n"
             "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n",
             "limits:\n  connections: 28000\n"
             "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n",
             "Linux, Documentation/networking/ip-sysctl.rst, ip_local_port_range"},

    // PG172: Unix sockets.
    code_row{code::file_without_use, "PG172", severity::warning,
             "a mode or group without a Unix socket",
             "`mode` and `group` say who may connect to the file of a Unix socket. An address of\n"
             "TCP has no file: whoever reaches it may connect.",
             "listeners:\n  - { address: 127.0.0.1:8081, mode: 0660 }\n",
             "listeners:\n  - { address: unix:/tmp/pulsegate.sock, mode: 0660 }\n", "unix(7)"},
};

} // namespace

std::span<const code_row> config_codes() {
    return code_rows;
}

} // namespace pulsegate
