// The configuration in effect, as GET /config shows it.
#include "config/json.hpp"
#include "config/keys.hpp"
#include "config/loader.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

boost::json::object shown(const std::string& yaml) {
    load_result loaded = load_configuration(make_source("dir/g.yaml", yaml));
    CAPTURE(render_text(loaded.diagnostics));
    REQUIRE_FALSE(has_errors(loaded.diagnostics));
    return configuration_to_json(std::move(loaded.values));
}

std::string text(const boost::json::object& from, const char* pointer) {
    return boost::json::serialize(boost::json::value(from).at_pointer(pointer));
}

} // namespace

TEST_CASE("the configuration in effect has every key of the table, defaults included") {
    const auto all = shown("");
    for (const key_row& row : key_table()) {
        CAPTURE(row.path);
        if (row.path.find("[]") != std::string_view::npos)
            continue;
        std::string pointer = '/' + std::string(row.path);
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        CHECK_NOTHROW((void)boost::json::value(all).at_pointer(pointer));
    }
    CHECK(text(all, "/heartbeat/interval") == "\"25s\"");
    CHECK(text(all, "/limits/message") == "\"16MiB\"");
    CHECK(text(all, "/workers") == "\"auto\"");
    CHECK(text(all, "/admin/address") == "\"127.0.0.1:9464\"");
    CHECK(text(all, "/admin/token_file") == "null");
    CHECK(text(all, "/limits/connections").find('"') == std::string::npos);
    CHECK(text(all, "/routes/0/origins") == "[]");
    CHECK(text(all, "/heartbeat/answer") == "{}");
    CHECK(text(all, "/drain/close") == R"({"code":1012,"reason":"service restart"})");
    CHECK(text(all, "/trusted_proxies") == R"(["127.0.0.0/8","::1/128"])");
    CHECK(text(all, "/proxies") == "[]");
    CHECK(text(all, "/listeners/0/tls") == "null");
    CHECK(text(all, "/routes/0/upstream") == "\"echo\"");
}

TEST_CASE("sections and lists are shown as they nest, and a route has its own heartbeat") {
    const auto all = shown("listeners:\n"
                           "  - { address: 127.0.0.1:1 }\n"
                           "  - address: 127.0.0.1:2\n"
                           "    tls:\n"
                           "      certificate: a.pem\n"
                           "      private_key: a.key\n"
                           "      other_certificates:\n"
                           "        - { certificate: b.pem, private_key: b.key }\n"
                           "admin: { token_file: admin.token }\n"
                           "heartbeat: { timeout: 50s }\n"
                           "proxies: [{ preset: cloudflare }, { name: own, idle: 90s }]\n"
                           "routes:\n"
                           "  - { path: /, upstream: echo }\n"
                           "  - { path: /a, upstream: 'ws://10.0.0.1:8000/x', heartbeat: "
                           "{ interval: 10s } }\n");
    CHECK(text(all, "/listeners/0/tls") == "null");
    CHECK(text(all, "/listeners/1/tls/private_key") == "\"dir/a.key\"");
    CHECK(text(all, "/listeners/1/tls/other_certificates/0/certificate") == "\"dir/b.pem\"");
    CHECK(text(all, "/admin/token_file") == "\"dir/admin.token\""); // the path, not the token
    CHECK(text(all, "/proxies/0/preset") == "\"cloudflare\"");
    CHECK(text(all, "/proxies/0/nginx") == "null");
    CHECK(text(all, "/proxies/1/idle") == "\"1m30s\"");
    CHECK(text(all, "/proxies/1/lifetime") == "null");
    CHECK(text(all, "/proxies/1/preset") == "null");
    CHECK(text(all, "/listeners/1/tls/kernel") == "false");
    CHECK(text(all, "/listeners/1/tls/min_version") == "\"1.2\"");
    CHECK(text(all, "/routes/0/heartbeat/interval") == "\"25s\"");
    CHECK(text(all, "/routes/1/heartbeat/interval") == "\"10s\"");
    CHECK(text(all, "/routes/1/heartbeat/timeout") == "\"50s\"");
    CHECK(text(all, "/routes/1/upstream") == "\"ws://10.0.0.1:8000/x\"");
}

TEST_CASE("programs get numbers, lists and maps as such, not as text") {
    const auto all = shown("workers: 3\n"
                           "heartbeat: { answer: { hi: '\"ho\"' } }\n"
                           "limits: { connections: 7 }\n"
                           "routes:\n"
                           "  - { path: /, upstream: echo, origins: ['https://a.example'], "
                           "rate: { messages: 5, bytes: 1KiB, action: close } }\n");
    CHECK(text(all, "/workers") == "3");
    CHECK(text(all, "/limits/connections") == "7");
    CHECK(text(all, "/heartbeat/answer") == R"({"hi":"\"ho\""})");
    CHECK(text(all, "/routes/0/origins") == R"(["https://a.example"])");
    CHECK(text(all, "/routes/0/rate") == R"({"messages":5,"bytes":"1KiB","action":"close"})");
}
