#include "alignment/codes.hpp"
#include "support/checked_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

const std::string relayed = nginx_with("location / { proxy_pass http://127.0.0.1:8081; }");

/// `idle 60000 any preset, life 3600000 declared`
/// \param of_http  those of plain HTTP, instead of those of WebSockets.
std::string described(const hop& of, bool of_http = false) {
    std::string out;
    for (const limit& each : of.limits) {
        if (is_http(each.kind) != of_http)
            continue;
        constexpr std::array<std::string_view, 4> origins{"file", "default", "preset", "declared"};
        out += (out.empty() ? "" : ", ") + std::string(to_string(each.kind)) + ' ' +
               std::to_string(each.value.count()) + ' ';
        if (each.kind == limit_kind::idle)
            out += std::string(to_string(each.resets)) + ' ';
        out += origins.at(static_cast<std::size_t>(each.origin));
    }
    return out;
}

/// The limits of the only proxy, which is described by these lines.
std::string limits_of(const std::string& entry, bool of_http = false) {
    const auto checked = check_text("proxies:\n  - { " + entry + " }\n");
    REQUIRE(checked.aligned.has_value());
    REQUIRE(checked.aligned->proxies.hops.size() == 1);
    return described(checked.aligned->proxies.hops.front(), of_http);
}

std::string http_limits_of(const std::string& entry) {
    return limits_of(entry, true);
}

const diagnostic* find(const checked_configuration& in, diagnostic_code id) {
    for (const diagnostic& each : in.diagnostics)
        if (each.id == id)
            return &each;
    return nullptr;
}

} // namespace

TEST_CASE("the hops stand in the order of gateway.yaml, under the names that users gave or know") {
    const auto checked = check_text("proxies:\n"
                                    "  - preset: cloudflare\n"
                                    "  - { name: office, idle: 5m }\n"
                                    "  - { preset: heroku, name: dyno router }\n"
                                    "  - nginx: { config: nginx.conf, version: 1.22.1 }\n",
                                    {{"/etc/pulsegate/nginx.conf", relayed}});
    REQUIRE(checked.aligned.has_value());
    std::vector<std::string> names;
    for (const chain_hop& each : checked.aligned->proxies.hops)
        names.push_back(each.name);
    CHECK(names == std::vector<std::string>{"cloudflare", "office", "dyno router", "nginx"});
}

TEST_CASE("a preset brings its limits") {
    CHECK(limits_of("preset: cloudflare") == "idle 100000 any preset");
    CHECK(limits_of("preset: azure-front-door") == "idle 300000 any preset, life 14400000 preset");
    CHECK(limits_of("preset: aws-cloudfront") == "idle 600000 to_client preset");
}

TEST_CASE("a figure of gateway.yaml takes the place of the preset's") {
    CHECK(limits_of("preset: cloudflare, idle: 200s") == "idle 200000 any declared");
    CHECK(limits_of("preset: azure-front-door, lifetime: 2h") ==
          "idle 300000 any preset, life 7200000 declared");
    CHECK(limits_of("preset: aws-cloudfront, idle: 5m") == "idle 300000 to_client declared");
    CHECK(limits_of("preset: cloudflare, lifetime: 1h") ==
          "idle 100000 any preset, life 3600000 declared");
}

TEST_CASE("none takes the preset's limit away") {
    CHECK(limits_of("preset: cloudflare, idle: none") == "");
    CHECK(limits_of("preset: azure-front-door, lifetime: none") == "idle 300000 any preset");
}

TEST_CASE("what resets the idle time of a preset can be said") {
    CHECK(limits_of("preset: cloudflare, resets: to_gateway") == "idle 100000 to_gateway preset");
    CHECK(limits_of("name: office, idle: 5m, resets: to_client") ==
          "idle 300000 to_client declared");
}

TEST_CASE("a preset that is not in the library is refused, with the one that was meant") {
    const auto checked = check_text("proxies: [{ preset: cloudflair }]\n");
    const diagnostic* const found = find(checked, code::unknown_choice);
    REQUIRE(found != nullptr);
    CHECK(found->message == "there is no preset `cloudflair`");
    CHECK(found->help == "did you mean `cloudflare`?");
    CHECK(found->primary.where.text() == "cloudflair");
}

TEST_CASE("a mistake of gateway.yaml makes it unusable, a misaligned proxy does not") {
    CHECK(check_text("workers: none\n").is_unusable());
    CHECK(check_text("proxies: [ { preset: cloudflair } ]\n").is_unusable());
    const auto misaligned = check_text("proxies: [ { name: edge, idle: 5s } ]\n");
    CHECK(find(misaligned, hop_code::idle_cut) != nullptr);
    CHECK_FALSE(misaligned.is_unusable());
}

TEST_CASE("uvicorn stands behind the gateway, so it is no proxy in front") {
    const auto checked = check_text("proxies: [{ preset: uvicorn }]\n");
    REQUIRE(find(checked, code::unknown_choice) != nullptr);
    REQUIRE(checked.aligned.has_value());
    CHECK(checked.aligned->proxies.hops.front().limits.empty());
}

TEST_CASE("a relative path starts at the directory of gateway.yaml") {
    const auto checked =
        check_text("proxies:\n  - nginx: { config: ../nginx/nginx.conf, version: 1.22.1 }\n",
                   {{"/etc/nginx/nginx.conf", relayed}});
    REQUIRE(checked.aligned.has_value());
    CHECK(checked.aligned->proxies.files == std::vector<std::string>{"/etc/nginx/nginx.conf"});
    CHECK(described(checked.aligned->proxies.hops.front()) == "idle 60000 any default");
}

TEST_CASE("an absolute path stays as it is") {
    const auto checked =
        check_text("proxies:\n  - nginx: { config: /srv/nginx.conf, version: 1.22.1 }\n",
                   {{"/srv/nginx.conf", relayed}});
    REQUIRE(checked.aligned.has_value());
    CHECK(described(checked.aligned->proxies.hops.front()) == "idle 60000 any default");
}

TEST_CASE("a file that is not there is told, and watched all the same") {
    const auto checked = check_text("proxies: [{ haproxy: { config: haproxy.cfg } }]\n");
    CHECK(find(checked, hop_code::proxy_unreadable) != nullptr);
    REQUIRE(checked.aligned.has_value());
    CHECK(checked.aligned->proxies.files == std::vector<std::string>{"/etc/pulsegate/haproxy.cfg"});
}

TEST_CASE("the configuration file may be what `nginx -T` wrote, of which only itself is watched") {
    const std::string dump = "# configuration file /opt/nginx.conf:\n"
                             "events {}\nhttp { include sites/*; }\n\n"
                             "# configuration file /opt/sites/chat:\n"
                             "server { location / { proxy_pass http://127.0.0.1:8081;\n"
                             "proxy_read_timeout 90s; } }\n";
    const auto checked = check_text("proxies:\n  - nginx: { config: dump.txt, version: 1.22.1 }\n",
                                    {{"/etc/pulsegate/dump.txt", dump}});
    REQUIRE(checked.aligned.has_value());
    const chain& proxies = checked.aligned->proxies;
    REQUIRE_FALSE(proxies.hops.front().limits.empty());
    const limit& idle = proxies.hops.front().limits.front();
    CHECK(described(proxies.hops.front()) == "idle 90000 any file");
    CHECK(idle.where.in->name() == "/opt/sites/chat");
    CHECK(proxies.files == std::vector<std::string>{"/etc/pulsegate/dump.txt"});
    CHECK(proxies.patterns.empty());
}

TEST_CASE("included files and the patterns of includes are watched") {
    const auto checked = check_text(
        "proxies:\n  - nginx: { config: /n/nginx.conf, version: 1.22.1 }\n",
        {{"/n/nginx.conf", "events {}\nhttp { include sites/*; }\n"},
         {"/n/sites/chat", "server { location / { proxy_pass http://127.0.0.1:8081; } }\n"}});
    REQUIRE(checked.aligned.has_value());
    CHECK(checked.aligned->proxies.files ==
          std::vector<std::string>{"/n/nginx.conf", "/n/sites/chat"});
    CHECK(checked.aligned->proxies.patterns == std::vector<std::string>{"/n/sites/*"});
}

TEST_CASE("without a version, the installed Nginx is asked for its own") {
    memory_files files;
    files.add("/n.conf", relayed);
    const auto checked =
        check_configuration(load_configuration(make_source(
                                "gateway.yaml", "proxies: [{ nginx: { config: /n.conf } }]\n")),
                            {files, [] {
                                 return std::optional(nginx_version{1, 30, 1});
                             }});
    REQUIRE(checked.aligned.has_value());
    const auto& nginx = std::get<nginx_reading>(checked.aligned->proxies.hops.front().reading);
    CHECK(to_string(nginx.version) == "1.30.1");
    CHECK_FALSE(nginx.is_version_assumed);
}

TEST_CASE("HAProxy's limits are those of its ways to the gateway, and of its reload") {
    const auto checked =
        check_text("proxies: [{ haproxy: { config: /h.cfg } }]\n",
                   {{"/h.cfg", "global\n hard-stop-after 10m\n"
                               "listen a\n mode http\n bind :80\n timeout tunnel 1h\n"
                               " server gateway 127.0.0.1:8081\n"}});
    REQUIRE(checked.aligned.has_value());
    CHECK(described(checked.aligned->proxies.hops.front()) ==
          "idle 3600000 any file, life after a reload 600000 file");
}

TEST_CASE("a preset has limits of plain HTTP, which figures of gateway.yaml replace") {
    CHECK(http_limits_of("preset: heroku") ==
          "HTTP silence 55000 preset, HTTP first byte 30000 preset");
    CHECK(http_limits_of("preset: aws-cloudfront, silence: 60s, total: 1h, keep_alive: none") ==
          "HTTP silence 60000 declared, HTTP total 3600000 declared");
}

TEST_CASE("one figure for an option that rules WebSockets and plain HTTP is for both") {
    CHECK(http_limits_of("preset: aws-alb, idle: 5m") ==
          "HTTP keep-alive 60000 preset, HTTP silence 300000 declared");
    CHECK(http_limits_of("preset: haproxy, idle: 1h") == "HTTP keep-alive 5000 preset");
    CHECK(http_limits_of("name: office proxy, idle: 5m, lifetime: 4h") ==
          "HTTP silence 300000 declared, HTTP total 14400000 declared");
    CHECK(http_limits_of("name: office proxy, idle: 5m, silence: 1m") ==
          "HTTP silence 60000 declared");
}

TEST_CASE(
    "Nginx waits for an answer as long as for a WebSocket, and keeps connections of a group") {
    const std::string file = "events {}\n"
                             "http {\n"
                             "upstream gateway { server 127.0.0.1:8081; keepalive 8;\n"
                             "keepalive_timeout 90s; }\n"
                             "server { location / { proxy_pass http://gateway;\n"
                             "proxy_http_version 1.1; proxy_read_timeout 40s; } } }\n";
    const auto described_of = [&](const std::string& version, const std::string& text) {
        const auto checked =
            check_text("proxies: [{ nginx: { config: /n.conf, version: " + version + " } }]\n",
                       {{"/n.conf", text}});
        REQUIRE(checked.aligned.has_value());
        return described(checked.aligned->proxies.hops.front(), true);
    };
    CHECK(described_of("1.22.1", file) == "HTTP silence 40000 file, HTTP keep-alive 90000 file");
    std::string none_kept = file;
    none_kept.replace(none_kept.find("keepalive 8;\nkeepalive_timeout 90s;"), 35, "");
    CHECK(described_of("1.22.1", none_kept) == "HTTP silence 40000 file");
    CHECK(described_of("1.30.0", none_kept) ==
          "HTTP silence 40000 file, HTTP keep-alive 60000 default");
}

TEST_CASE("the part of an Nginx for pages has a limit for plain HTTP alone") {
    const auto checked = check_text(
        "proxies: [{ nginx: { config: /n.conf, version: 1.22.1 } }]\n",
        {{"/n.conf", nginx_with("location / { proxy_pass http://127.0.0.1:8081;\n"
                                "proxy_set_header Connection \"\"; proxy_read_timeout 20s; }\n"
                                "location /ws { proxy_pass http://127.0.0.1:8081/; }")}});
    REQUIRE(checked.aligned.has_value());
    CHECK(described(checked.aligned->proxies.hops.front()) == "idle 60000 any default");
    CHECK(described(checked.aligned->proxies.hops.front(), true) ==
          "HTTP silence 20000 file, HTTP silence 60000 default");
}
