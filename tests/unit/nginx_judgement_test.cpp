// Which faults of an Nginx are found, and which are none: the codes for whole configurations. What
// a real Nginx makes of such files is in tests/system/test_nginx_judgements.py.
#include "alignment/alignment.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pulsegate;

namespace {

const std::string headers = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
                            "proxy_set_header Connection upgrade; "
                            "proxy_set_header X-Forwarded-For $remote_addr; ";
const std::string pass = "proxy_pass http://127.0.0.1:8081; ";
const std::string good = pass + headers;

std::string location(const std::string& path, const std::string& text) {
    return "location " + path + " { " + text + "}\n";
}
std::string server(const std::string& text) {
    return "server { listen 80;\n" + text + "}\n";
}
std::string http(const std::string& text) {
    return "events {}\nhttp {\n" + text + "}\n";
}

struct found {
    std::string codes; // of errors and warnings, with a space between them
    checked_configuration checked;
};

/// \param yaml  what gateway.yaml has beside its proxy.
found judge(const std::string& nginx, const std::string& yaml = "",
            const std::string& version = "1.22.1", const std::string& name = "nginx.conf") {
    memory_files files;
    files.add(name, nginx);
    const std::string text = yaml + "proxies: [{ nginx: { config: " + name +
                             (version.empty() ? "" : ", version: " + version) + " } }]\n";
    found out{"", check_configuration(load_configuration(make_source("gateway.yaml", text)),
                                      {files, nullptr})};
    for (const diagnostic& each : out.checked.diagnostics)
        if (each.level() != severity::note)
            out.codes += (out.codes.empty() ? "" : " ") + std::string(each.id.row().name);
    return out;
}

std::string codes(const std::string& nginx, const std::string& yaml = "") {
    return judge(nginx, yaml).codes;
}

} // namespace

TEST_CASE("a limit counts for the routes whose requests come to it") {
    const std::string routes = "heartbeat: { interval: 25s, timeout: 45s }\nroutes:\n"
                               "  - { path: /, upstream: echo }\n"
                               "  - { path: /edit, upstream: echo, "
                               "heartbeat: { interval: 10s, timeout: 20s } }\n";
    CHECK(codes(http(server(location("/", good) +
                            location("~ ^/edit/", "proxy_read_timeout 26s; " + good))),
                routes) == "");
    CHECK(codes(http(server(location("/", good) +
                            location("~ ^/talk/", "proxy_read_timeout 26s; " + good))),
                routes) == "PG301");
    // The location for all has a short limit, but /edit has one of its own.
    CHECK(codes(http(server(location("/", good + "proxy_read_timeout 60s; ") +
                            location("/edit", good + "proxy_read_timeout 15s; "))),
                routes) == "PG301");
    CHECK(codes(http(server(location("/", good) +
                            location("~ [.]css$", pass + "proxy_read_timeout 2s;"))),
                routes) == "");
}

TEST_CASE("a limit of a server in front of another one of the same file cuts") {
    const std::string inner =
        "server { listen 8080;\n" + location("/", good + "proxy_read_timeout 1h; ") + "}\n";
    const auto outer = [&](const std::string& limit) {
        return server(location("/", "proxy_pass http://127.0.0.1:8080; " + limit + headers));
    };
    CHECK(codes(http(outer("proxy_read_timeout 10s; ") + inner)) == "PG301");
    CHECK(codes(http(outer("proxy_read_timeout 2m; ") + inner)) == "");
    CHECK(codes("events {}\nstream { server { listen 443; proxy_timeout 10s; "
                "proxy_pass 127.0.0.1:8080; } }\nhttp { " +
                inner + "}") == "PG301 PG325");
    CHECK(codes(http(server(location("/", "proxy_pass http://127.0.0.1:9000; " + headers))) +
                "stream { server { listen 9000; proxy_timeout 10s; "
                "proxy_pass 127.0.0.1:8081; } }") == "PG301 PG315");
}

TEST_CASE("what only a request or another file decides is a warning") {
    CHECK(codes(http("upstream b { server 0.0.0.1; balancer_by_lua_block { x } }\n" +
                     server(location("/", "proxy_pass http://b; " + headers)))) == "PG318");
    CHECK(codes(server(location("/", "proxy_pass http://backend; " + headers))) == "PG318");
    const std::string site = server(location("/", pass + "proxy_http_version 1.1; "
                                                         "proxy_set_header Upgrade $http_upgrade; "
                                                         "proxy_set_header Connection "
                                                         "$connection_upgrade; proxy_set_header "
                                                         "X-Forwarded-For $remote_addr; "));
    CHECK(codes(site) == "PG324");
    CHECK(codes(http(site)) == "PG322"); // Nginx does not start: no file has the variable
    CHECK(judge(http(server(location("/", good + "proxy_set_header A b; "))), "", "").codes == "");
}

TEST_CASE("the includes of a site's file are looked for beside nginx.conf") {
    memory_files files;
    files.add("/etc/nginx/sites-enabled/app", server(location("/", pass + "include proxy.conf; ")));
    files.add("/etc/nginx/nginx.conf", "http { include sites-enabled/*; }");
    files.add("/etc/nginx/proxy.conf", headers);
    const auto checked = check_configuration(
        load_configuration(make_source(
            "gateway.yaml",
            "proxies: [{ nginx: { config: /etc/nginx/sites-enabled/app, version: 1.22.1 } }]\n"
            "routes: [{ path: /, upstream: echo }]\n")),
        {files, nullptr});
    CHECK(checked.diagnostics.empty());
}

TEST_CASE("who tells a client's address") {
    const auto told = [](const std::string& value) {
        std::string text = good;
        text.replace(text.find("$remote_addr"), 12, value);
        return codes(http(server(location("/", text))));
    };
    CHECK(told("$proxy_add_x_forwarded_for") == "");
    CHECK(told("\"$http_x_forwarded_for, $remote_addr\"") == "");
    CHECK(told("$http_x_forwarded_for") == "PG315");
    CHECK(told("$http_x_real_ip") == "PG315");
    CHECK(told("\"\"") == "PG325");
    CHECK(told("127.0.0.1") == "PG325");
    CHECK(told("$proxy_protocol_addr") == "PG325");
    CHECK(codes(http(server("set_real_ip_from 0.0.0.0/0;\n" + location("/", good)))) == "PG315");
    CHECK(codes(http(server(location("/", good + "proxy_bind 192.0.2.1; ")))) == "PG316");
    const std::string stream = "events {}\nstream { server { listen 443; "
                               "proxy_pass 127.0.0.1:8081; proxy_timeout 1h; } }";
    CHECK(codes(stream) == "PG315");
    CHECK(codes(stream, "trusted_proxies: [10.0.0.0/8]\n") == "");
}

TEST_CASE("limits on connections at a time") {
    const std::string zones = "limit_conn_zone $binary_remote_addr zone=z:1m;\n"
                              "limit_req_zone $binary_remote_addr zone=r:1m rate=1r/m;\n";
    CHECK(codes(http(zones + server(location("/", "limit_conn z 1; " + good)))) == "PG326");
    CHECK(codes(http(zones + server("limit_conn z 1;\n" + location("/", good)))) == "PG326");
    CHECK(codes(http(zones + server(location("/", "limit_conn z 50; " + good)))) == "");
    CHECK(codes(http(zones + server(location("/", "limit_req zone=r; " + good)))) == "PG326");
    CHECK(codes(http(zones + server(location("/", "limit_req zone=r burst=20; " + good)))) == "");
    CHECK(codes(http("upstream g { server 127.0.0.1:8081 max_conns=1; }\n" +
                     server(location("/", "proxy_pass http://g; " + headers)))) == "PG326");
}

TEST_CASE("a default that nobody chose is not compared with Nginx's capacity") {
    CHECK(codes(http(server(location("/", good)))) == "");
    CHECK(codes(http(server(location("/", good))), "limits: { connections: 100000 }\n") == "PG314");
}

TEST_CASE("a proxy_pass that still leads to the application is the line to change") {
    const auto judged =
        judge(http(server("\n" + location("/", "proxy_pass http://127.0.0.1:8000; " + headers))),
              "routes: [{ path: /, upstream: ws://127.0.0.1:8000 }]\n");
    CHECK(judged.codes == "PG317");
    const diagnostic& what = judged.checked.diagnostics.front();
    CHECK(what.primary.where.in->name() == "nginx.conf");
    CHECK(what.primary.where.text() == "proxy_pass http://127.0.0.1:8000;");
    CHECK(what.help == "change this `proxy_pass`: `proxy_pass http://127.0.0.1:8081;`");
}

TEST_CASE("versions of Nginx differ in what they speak") {
    const auto with = [](const std::string& version, const std::string& text) {
        return judge(http(text), "", version).codes;
    };
    const std::string two = server(location("/", good + "proxy_http_version 2; "));
    std::string only_two = two;
    only_two.erase(only_two.find("proxy_http_version 1.1; "), 24);
    CHECK(with("1.30.0", only_two) == "PG310");
    CHECK(with("1.22.1", only_two) == "PG322");
    const std::string bare = server(location("/", pass + "proxy_set_header Upgrade $http_upgrade; "
                                                         "proxy_set_header Connection upgrade; "
                                                         "proxy_set_header X-Forwarded-For "
                                                         "$remote_addr; "));
    CHECK(with("1.30.0", bare) == "");
    CHECK(with("1.22.1", bare) == "PG310");
    CHECK(with("", bare) == "PG324"); // nobody says which version it is
    const std::string http2 = "server { listen 80 http2;\n" + location("/", good) + "}\n";
    CHECK(with("1.22.1", http2) == "PG311");
    CHECK(with("1.26.0", http2) == "");
}

TEST_CASE("a route that no path of Nginx belongs to") {
    CHECK(codes(http(server(location("/longpolling", good))),
                "routes: [{ path: /websocket, upstream: echo }]\n") == "PG317");
    CHECK(codes(http(server(location("/app/", "proxy_pass http://127.0.0.1:8081/; " + headers))),
                "routes: [{ path: /websocket, upstream: echo }]\n") == "");
}

TEST_CASE("what Nginx refuses") {
    for (const std::string& text :
         {server(location("/", good) + location("/", good)),
          server(location("= /a", good) + location("=/a", good)),
          server(location("@a", "proxy_pass http://127.0.0.1:8081/x; ") + location("/", good)),
          server(location("~ ^/a", "proxy_pass http://127.0.0.1:8081/; ") + location("/", good)),
          server(pass + location("/", good)), server("set c x;\n" + location("/", good))}) {
        CAPTURE(text);
        const std::string found = codes(http(text));
        CHECK((found == "PG322" || found == "PG320"));
    }
    CHECK(codes("\xEF\xBB\xBF" + http(server(location("/", good)))) == "PG320");
    CHECK(codes(http(server(location("= /a", good) + location("/a", good)))) == "");
}
