#include "alignment/codes.hpp"
#include "alignment/haproxy/reading.hpp"

#include "base/duration.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

using namespace pulsegate;

namespace {

const std::string accepted = PULSEGATE_SOURCE_DIR "/tests/cases/haproxy/accepted/";
const std::string rejected = PULSEGATE_SOURCE_DIR "/tests/cases/haproxy/rejected/";

haproxy_request request_for(const std::string& path) {
    return {path,
            {tcp_address{"127.0.0.1", 8081}, unix_address{"/run/pulsegate.sock"},
             tcp_address{"::1", 8081}},
            {make_source("gateway.yaml", "proxies:\n  - haproxy: { config: x }\n"), 28, 1}};
}

haproxy_reading read_case(const std::string& name) {
    disk_files files;
    return read_haproxy(files, request_for(accepted + name));
}

haproxy_reading read_text(std::string text) {
    memory_files files;
    files.add("/haproxy.cfg", std::move(text));
    return read_haproxy(files, request_for("/haproxy.cfg"));
}

/// `timeout tunnel 1m30s any line 10`
std::string described(const limit& each) {
    std::string out = each.option + ' ' + format_duration(each.value) + ' ' +
                      std::string(to_string(each.resets)) + " line " +
                      std::to_string(each.where.start().line);
    if (!each.path.empty())
        out += " under " + each.path;
    for (const std::string& other : each.not_under)
        out += " not " + other;
    return each.only_if.empty() ? out : out + ' ' + each.only_if;
}

/// `www -> backend app: listener 0; timeout tunnel …` for each passage.
/// \param of_http  the limits of plain HTTP, instead of those of WebSockets.
std::vector<std::string> described(const haproxy_reading& reading, bool of_http = false) {
    std::vector<std::string> out;
    for (const haproxy_passage& passage : reading.passages) {
        std::string line = passage.frontend + " -> " + passage.title + ": " +
                           (passage.listener ? "listener " + std::to_string(*passage.listener)
                                             : std::string("inner"));
        for (const limit& each : passage.limits)
            if (is_http(each.kind) == of_http)
                line += "; " + described(each);
        out.push_back(std::move(line));
    }
    return out;
}

/// The remarks as `LINE: text`.
std::vector<std::string> remarks(const haproxy_reading& reading) {
    std::vector<std::string> out;
    for (const haproxy_remark& each : reading.remarks)
        out.push_back(std::to_string(each.where.start().line) + ": " + each.text);
    return out;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("without timeout tunnel, timeout client and timeout server stay in force") {
    const haproxy_reading reading = read_case("plain.cfg");
    CHECK(described(reading) == lines{"www -> backend app: listener 0; "
                                      "timeout client 50s any line 5; "
                                      "timeout server 1m any line 6"});
    CHECK(reading.problems.empty());
    CHECK(reading.remarks.empty());
    CHECK(reading.files == lines{accepted + "plain.cfg"});
    CHECK_FALSE(reading.hard_stop_after.has_value());

    REQUIRE(reading.passages.size() == 1);
    const haproxy_passage& passage = reading.passages.front();
    CHECK(passage.where.text() == "backend app");
    CHECK(passage.server.text() == "server gateway 127.0.0.1:8081 check");
    CHECK(passage.frontend_head.text() == "frontend www");
    CHECK_FALSE(passage.has_client_fin);
    const limit& client = passage.limits.front();
    CHECK(client.kind == limit_kind::idle);
    CHECK(client.origin == limit_origin::file);
    CHECK(client.sure == confidence::documented);
    CHECK(client.where.text() == "timeout client 50000");
    CHECK(setting_text(client, std::chrono::seconds(60)) == "timeout tunnel 60s");
}

TEST_CASE("timeout tunnel of the backend replaces both") {
    const haproxy_reading reading = read_case("tunnel.cfg");
    CHECK(described(reading) ==
          lines{"www -> backend sockets: listener 0; timeout tunnel 5m any line 21 under /ws"});
    REQUIRE(reading.passages.size() == 1);
    CHECK(reading.passages.front().has_client_fin);
    REQUIRE(reading.hard_stop_after.has_value());
    CHECK(described(*reading.hard_stop_after) == "hard-stop-after 30s any line 2");
    CHECK(reading.hard_stop_after->kind == limit_kind::reload);
    CHECK(setting_text(*reading.hard_stop_after, std::chrono::minutes(2)) ==
          "hard-stop-after 120s");
}

TEST_CASE("a listen is frontend and backend at once, with a passage for each listener") {
    CHECK(described(read_case("listen.cfg")) ==
          lines{"ws -> listen ws: listener 0; timeout tunnel 1m30s any line 7",
                "ws -> listen ws: listener 1; timeout tunnel 1m30s any line 7"});
}

TEST_CASE("a proxy takes over the defaults that it names, or the last ones") {
    CHECK(described(read_case("named_defaults.cfg")) ==
          lines{"late -> backend late: listener 0; timeout client 40s any line 15; "
                "timeout server 40s any line 16",
                "first -> listen first from base: listener 0; timeout tunnel 1m10s any line 7",
                "second -> listen second from long: listener 0; timeout tunnel 2h any line 10"});
}

TEST_CASE("quotes, escapes, comments, tabs and other line ends are read as HAProxy does") {
    CHECK(described(read_case("quoting.cfg")) ==
          lines{"www -> backend \"a\"p'p': listener 0; timeout tunnel 1m30s any line 6"});
    CHECK(described(read_case("crlf.cfg")) ==
          lines{"ws -> listen ws: listener 0; timeout tunnel 1m30s any line 6"});
    CHECK(read_case("crlf.cfg").problems.empty());
}

TEST_CASE("what depends on an environment variable is said and not guessed") {
    const haproxy_reading reading = read_case("variables.cfg");
    CHECK(described(reading) == lines{"ws -> listen ws: listener 0"});
    CHECK(remarks(reading) ==
          lines{"6: depends on an environment variable",
                "11: may lead to the gateway: its address depends on an environment variable"});
    CHECK(reading.problems.empty());
}

TEST_CASE("a branch of .if that is known not to be taken says nothing, others may") {
    const haproxy_reading reading = read_case("conditional.cfg");
    CHECK(described(reading) ==
          lines{"ws -> listen ws: listener 0; timeout tunnel 1m30s any line 13 depending on .if; "
                "timeout client 30s any line 9 depending on .if; "
                "timeout server 30s any line 10 depending on .if"});
    REQUIRE(reading.hard_stop_after.has_value());
    CHECK(reading.hard_stop_after->value == std::chrono::minutes(1));
    CHECK(reading.problems.empty());
    const std::string text = "stands in a branch of `.if`, which HAProxy may skip";
    CHECK(remarks(reading) == lines{"3: " + text, "13: " + text, "19: " + text});
}

TEST_CASE("the address of a server is compared with the gateway's listeners") {
    const haproxy_reading reading = read_case("addresses.cfg");
    const std::string limits = "; timeout client 30s any line 4; timeout server 30s any line 5";
    CHECK(described(reading) == lines{"www -> backend brackets: listener 2" + limits,
                                      "www -> backend family: listener 1" + limits,
                                      "www -> backend local: listener 0" + limits,
                                      "www -> backend path: listener 1" + limits,
                                      "www -> backend tcp: listener 0" + limits,
                                      "www -> backend template: listener 0" + limits,
                                      "www -> backend v4: listener 0" + limits,
                                      "www -> backend v6: listener 2" + limits});
    CHECK(remarks(reading) ==
          lines{"9: is known only when a request comes: it may be any backend"});
}

TEST_CASE("with independent streams a side counts its own bytes only") {
    CHECK(
        described(read_case("independent.cfg")) ==
        lines{"both -> listen both: listener 0; timeout tunnel 1m30s to_gateway line 10; "
              "timeout tunnel 1m30s to_client line 10",
              "client_side -> backend plain: listener 0; timeout tunnel 1m31s to_gateway line 23; "
              "timeout tunnel 1m31s any line 23",
              "requests -> listen requests: listener 0; timeout client 30s to_gateway line 4; "
              "timeout server 40s to_client line 5"});
}

TEST_CASE("http-request set-timeout replaces a limit, for the requests that meet its condition") {
    const haproxy_reading reading = read_case("override.cfg");
    CHECK(
        described(reading) ==
        lines{"always -> listen always: listener 0; http-request set-timeout tunnel 5m any line 10",
              "sometimes -> listen sometimes: listener 0; timeout tunnel 1m30s any line 6 not "
              "/short; "
              "http-request set-timeout tunnel 5s any line 16 under /short",
              "requests -> listen requests: listener 0; timeout client 30s any line 4; "
              "http-request set-timeout server 50s any line 23",
              "last -> backend inherited from ruled: listener 0; "
              "http-request set-timeout tunnel 3m any line 31"});
    CHECK(setting_text(reading.passages.front().limits.front(), std::chrono::seconds(60)) ==
          "http-request set-timeout tunnel 60s");
    CHECK(remarks(reading) == lines{"17: may replace the `timeout` of some connections"});
}

TEST_CASE("of an answer only timeout server counts, whatever a tunnel has") {
    CHECK(described(read_case("plain.cfg"), true) ==
          lines{"www -> backend app: listener 0; timeout server 1m to_client line 6"});
}

TEST_CASE("plain requests have no limit on a way that only handshakes take") {
    memory_files files;
    files.add("h.cfg", "defaults\n mode http\n timeout client 20s\n timeout server 20s\n"
                       " timeout tunnel 1h\n"
                       "frontend www\n bind :80\n"
                       " acl is_socket hdr(Upgrade) -i websocket\n"
                       " use_backend sockets if is_socket\n default_backend pages\n"
                       "backend sockets\n server gateway 127.0.0.1:8081\n"
                       "backend pages\n server app 127.0.0.1:9\n");
    const haproxy_reading reading =
        read_haproxy(files, {"h.cfg", {tcp_address{"127.0.0.1", 8081}}, {}});
    CHECK(described(reading) ==
          lines{"www -> backend sockets: listener 0; timeout tunnel 1h any line 5"});
    CHECK(described(reading, true) == lines{"www -> backend sockets: listener 0"});
}

TEST_CASE("in mode tcp the limits of a connection are those of an answer") {
    memory_files files;
    files.add("h.cfg", "listen all\n bind :80\n timeout tunnel 40s\n"
                       " server gateway 127.0.0.1:8081 pool-purge-delay 2m\n");
    const haproxy_reading reading =
        read_haproxy(files, {"h.cfg", {tcp_address{"127.0.0.1", 8081}}, {}});
    CHECK(described(reading, true) ==
          lines{"all -> listen all: listener 0; timeout tunnel 40s any line 3; "
                "pool-purge-delay 2m any line 4"});
}

TEST_CASE("a timeout in the wrong kind of section has no effect") {
    const haproxy_reading reading = read_case("misplaced.cfg");
    CHECK(described(reading) ==
          lines{"www -> backend app: listener 0; timeout client 30s any line 5; "
                "timeout server 30s any line 6"});
    CHECK(remarks(reading) ==
          lines{"10: has no effect in a `frontend`: it belongs in the `backend`",
                "14: has no effect in a `backend`: it belongs in the `frontend`"});
}

TEST_CASE("0 is no limit") {
    CHECK(described(read_case("endless.cfg")) == lines{"ws -> listen ws: listener 0"});
}

TEST_CASE("only ways that are open count, each once") {
    const std::string client = "; timeout client 30s any line 5";
    const std::string server = "; timeout server 30s any line 6";
    CHECK(described(read_case("routes.cfg")) ==
          lines{"one -> backend app: listener 0" + client + server,
                "two -> listen hub: listener 0" + client + " under /c" + server + " under /c",
                "two -> backend app: listener 0" + client + server});
}

TEST_CASE("sections that bear on no WebSocket are skipped") {
    const haproxy_reading reading = read_case("other_sections.cfg");
    CHECK(described(reading) ==
          lines{"ws -> listen ws: listener 0; timeout tunnel 2ms any line 33"});
    CHECK(reading.remarks.empty());
}

TEST_CASE("nothing is wrong with a file that HAProxy accepts") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(accepted)) {
        const haproxy_reading reading = read_case(entry.path().filename());
        CAPTURE(entry.path().string());
        if (!reading.problems.empty())
            FAIL_CHECK(reading.problems.front().message);
        ++count;
    }
    CHECK(count == 17);
}

TEST_CASE("what HAProxy rejects is reported at its line") {
    struct row {
        const char* name;
        hop_code id;
        const char* message;
        const char* help;
    };
    const std::array rows{
        row{"fraction", hop_code::haproxy_value, "`1.5s` is not a time", "write one whole number"},
        row{"overflow", hop_code::haproxy_value, "`25d` is longer than HAProxy can wait", "`24d`"},
        row{"capital_unit", hop_code::haproxy_value, "`90S` is not a time", "`90s`"},
        row{"no_value", hop_code::haproxy_value, "a time is missing here", "`60s`"},
        row{"two_words", hop_code::haproxy_value, "`s` is one word too many", "as one word"},
        row{"no_timeout_name", hop_code::haproxy_syntax, "this `timeout` has no name", "NAME"},
        row{"unknown_timeout", hop_code::haproxy_syntax, "HAProxy has no `timeout` named `tunel`",
            "`tunnel`"},
        row{"old_client", hop_code::haproxy_syntax, "`clitimeout` is gone since HAProxy 2.1",
            "`timeout client`"},
        row{"old_server", hop_code::haproxy_syntax, "`srvtimeout` is gone since HAProxy 2.1",
            "`timeout server`"},
        row{"old_connect", hop_code::haproxy_syntax, "`contimeout` is gone since HAProxy 2.1",
            "`timeout connect`"},
        row{"open_quote", hop_code::haproxy_syntax, "this quote is not closed",
            "write another `\"`"},
        row{"open_brace", hop_code::haproxy_syntax, "this `{` is not closed", "`}`"},
        row{"bad_hexadecimal", hop_code::haproxy_syntax, "`\\x` without two hexadecimal digits",
            "`\\\\x`"},
        row{"no_address", hop_code::haproxy_syntax, "this `server` has no address", "ADDRESS:PORT"},
        row{"open_if", hop_code::haproxy_syntax, "this `.if` has no `.endif`", "`.endif`"},
        row{"lone_endif", hop_code::haproxy_syntax, "`.endif` without an `.if`", ""},
        row{"lone_else", hop_code::haproxy_syntax, "`.else` without an `.if`", ""},
        row{"elif_after_else", hop_code::haproxy_syntax, "`.elif` after `.else`", ""},
        row{"unknown_directive", hop_code::haproxy_syntax, "no such directive `.fi`", ""},
        row{"no_section", hop_code::haproxy_syntax, "`globl` begins no section", "`global`"},
        row{"no_name", hop_code::haproxy_syntax, "this `backend` has no name", "write a name"},
        row{"long_head", hop_code::haproxy_syntax, "`names` is one word too many", "KIND NAME"},
        row{"unknown_defaults", hop_code::haproxy_syntax,
            "there is no `defaults` named `base` above this line", ""},
        row{"unknown_backend", hop_code::haproxy_syntax, "there is no backend `ap`", "`app`"},
        row{"hard_stop", hop_code::haproxy_value, "`soon` is not a time", "`90s`"},
        row{"rule_in_defaults", hop_code::haproxy_syntax,
            "`http-request` stands in a `defaults` without a name", "sections"},
        row{"timeout_of_frontend", hop_code::haproxy_syntax, "a `frontend` has no such timeout",
            "`backend`"},
        row{"timeout_of_zero", hop_code::haproxy_syntax, "a `set-timeout` cannot be 0", "`1h`"},
        row{"server_in_frontend", hop_code::haproxy_syntax, "a `frontend` has no servers",
            "`listen`"},
        row{"server_twice", hop_code::haproxy_syntax, "another `server` here is called `gateway`",
            "own"},
        row{"section_twice", hop_code::haproxy_syntax, "another section is called `ws`", "own"},
        row{"mode_of_backend", hop_code::haproxy_syntax,
            "a `frontend` of `mode http` cannot use a `backend` of `mode tcp`", "`mode http`"},
        row{"unknown_acl", hop_code::haproxy_syntax,
            "there is no `acl` named `is_chatt` in this section", "`is_chat`"},
        row{"no_line_end", hop_code::haproxy_syntax, "the last line has no line end", "empty line"},
    };
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(rejected))
        ++count;
    CHECK(count == rows.size());
    for (const row& each : rows) {
        CAPTURE(each.name);
        disk_files files;
        const haproxy_reading reading =
            read_haproxy(files, request_for(rejected + each.name + ".cfg"));
        REQUIRE(reading.problems.size() == 1);
        const diagnostic& problem = reading.problems.front();
        CHECK(problem.id == each.id);
        CHECK(problem.message == each.message);
        CHECK(problem.help.find(each.help) != std::string::npos);
        const span& where = problem.primary.where;
        CHECK(where.in->line_of(where.offset).text.ends_with("# <- here"));
    }
}

TEST_CASE("everything that is wrong with a file is reported in its order") {
    const haproxy_reading reading =
        read_text("defaults\n timeout client 1x\n timeout \"\nlisten a from b\n"
                  " server gateway 127.0.0.1:8081\n use_backend c\n");
    lines found;
    for (const diagnostic& each : reading.problems)
        found.push_back(std::to_string(each.primary.where.start().line) + ": " + each.message);
    CHECK(found == lines{"2: `1x` is not a time", "3: this quote is not closed",
                         "4: there is no `defaults` named `b` above this line",
                         "6: there is no backend `c`"});
    CHECK(described(reading) == lines{});
}

TEST_CASE("a file of another kind is reported once") {
    const haproxy_reading reading = read_text("server {\n  listen 80;\n  root /srv;\n");
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems.front().message == "`server` begins no section");
}

TEST_CASE("an unreadable file is reported where gateway.yaml names it") {
    memory_files files;
    const haproxy_reading reading = read_haproxy(files, request_for("/absent.cfg"));
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems.front().id == hop_code::proxy_unreadable);
    CHECK(reading.problems.front().message ==
          "cannot read `/absent.cfg`: No such file or directory");
    CHECK(reading.problems.front().primary.where.in->name() == "gateway.yaml");
    CHECK(reading.files.empty());
    CHECK(reading.passages.empty());
}

TEST_CASE("no text makes the reader crash") {
    const std::string text = "global\ndefaults b\ntimeout tunnel \"$A\"\n.if\nlisten l from b\n"
                             "server \\x41 'a' /run/pulsegate.sock # x\n.endif\nbackend\n";
    for (std::size_t length = 0; length <= text.size(); ++length)
        for (const char c : {'\0', '"', '\'', '\\', '$', '{', '#', '\n', '\r', '.', '\xff'}) {
            std::string changed = text.substr(0, length) + c;
            changed += text.substr(std::min(length + 1, text.size()));
            for (const diagnostic& each : read_text(std::move(changed)).problems)
                CHECK(each.primary.where.in != nullptr);
        }
}

TEST_CASE(
    "a listen that leads to another one of the file is a way to the gateway, with its limits") {
    const haproxy_reading reading = read_case("chain.cfg");
    CHECK(described(reading) ==
          lines{"inner -> listen inner: listener 0; timeout tunnel 1h any line 13",
                "outer -> listen outer: inner; timeout client 30s any line 4; "
                "timeout server 30s any line 5",
                "pipe -> listen pipe: inner; timeout client 30s any line 4; "
                "timeout server 30s any line 5"});
    REQUIRE(reading.passages.size() == 3);
    CHECK(reading.passages[0].is_inner);
    CHECK_FALSE(reading.passages[1].is_inner);
    CHECK(reading.passages[2].is_proxy_header_taken);
}

TEST_CASE("only the backends that a WebSocket comes to count") {
    const haproxy_reading reading = read_case("switches.cfg");
    CHECK(described(reading) ==
          lines{"www -> backend chat: listener 0; timeout tunnel 1h any line 24 under /chat",
                "www -> backend sockets: listener 0; timeout tunnel 2h any line 28 not /chat"});
}

TEST_CASE("a server whose address only a running HAProxy knows is undecided, not elsewhere") {
    const auto read = [](const std::string& address) {
        return read_text("listen ws\n bind :80\n server gateway " + address + "\n");
    };
    for (const char* const address :
         {"\"$GATEWAY\"", "gateway.internal:8081", "127.0.0.1", "*", "127.0.0.1:+1"}) {
        CAPTURE(address);
        CHECK(read(address).passages.empty());
        CHECK(read(address).undecided.size() == 1);
        CHECK(read(address).elsewhere.empty());
    }
    for (const char* const address : {"127.0.0.1:8082", "10.0.0.5:8081", "/run/other.sock"}) {
        CAPTURE(address);
        CHECK(read(address).undecided.empty());
        CHECK(read(address).elsewhere.size() == 1);
    }
    CHECK(read("0.0.0.0:8081").passages.size() == 1);
    CHECK(read("LocalHost:8081").passages.size() == 1);
}

TEST_CASE("in a chroot a socket is looked for below it") {
    const auto read = [](const std::string& path) {
        return read_text("global\n chroot /run\nlisten ws\n bind :80\n server g " + path + "\n");
    };
    CHECK(read("/pulsegate.sock").passages.size() == 1);
    CHECK(read("/run/pulsegate.sock").passages.empty());
    REQUIRE(read("/run/pulsegate.sock").closed.size() == 1);
    CHECK(read("/run/pulsegate.sock").closed.front().cure.find("/run/run/pulsegate.sock") !=
          std::string::npos);
}

TEST_CASE("every directive that HAProxy had once is reported where it stands") {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(PULSEGATE_SOURCE_DIR "/tests/cases/haproxy/removed")) {
        CAPTURE(entry.path().string());
        disk_files files;
        const haproxy_reading reading = read_haproxy(files, request_for(entry.path()));
        REQUIRE(reading.problems.size() == 1);
        CHECK(reading.problems.front().id == hop_code::haproxy_syntax);
        CHECK(reading.problems.front().message.find("is gone") != std::string::npos);
        CHECK_FALSE(reading.problems.front().help.empty());
        ++count;
    }
    CHECK(count == 32);
}
