// Where a proxy_pass leads: addresses, groups, variables, and the path that arrives.
#include "support/nginx_text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

namespace {

/// `TARGET PATH` of each passage, then `? WHY` of each undecided one, separated by `, `.
std::string shown(const nginx_reading& reading) {
    std::string all;
    const auto add = [&](const std::string& text) { all += (all.empty() ? "" : ", ") + text; };
    for (const diagnostic& each : reading.problems)
        add("! " + each.message);
    for (const nginx_passage& each : reading.passages)
        add(to_string(each.target) + ' ' + each.path.value_or("-"));
    for (const nginx_undecided& each : reading.undecided)
        add("? " + each.why);
    return all;
}

const std::vector<socket_address> listeners{
    tcp_address{"127.0.0.1", 8081}, unix_address{"/run/p.sock"}, tcp_address{"10.0.0.5", 80}};

} // namespace

TEST_CASE("a proxy_pass leads where Nginx connects to, with the path that arrives there") {
    struct row {
        const char* server;
        std::string_view leads;
    };
    const std::array rows = std::to_array<row>({
        {"location / { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 /"},
        {"location / { proxy_pass http://127.0.0.1:3000; }", ""},
        {"location / { proxy_pass HTTP://localhost:8081; }", "localhost:8081 /"},
        {"location / { proxy_pass https://127.0.0.1:8081; }", "127.0.0.1:8081 /"},
        {"location / { proxy_pass http://10.0.0.5; }", "10.0.0.5:80 /"},
        {"location / { proxy_pass https://10.0.0.5; }", ""},
        {"location / { proxy_pass http://[::1]:8081; }", ""},
        {"location / { proxy_pass http://app:80; }", "app:80 /"},
        {"location / { proxy_pass http://unix:/run/p.sock; }", "unix:/run/p.sock /"},
        {"location /a { proxy_pass http://unix:/run/p.sock:/b/; }", "unix:/run/p.sock /b/"},
        {"location /a/ { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 /a/"},
        {"location /a/ { proxy_pass http://127.0.0.1:8081/; }", "127.0.0.1:8081 /"},
        {"location /a/ { proxy_pass http://127.0.0.1:8081/b/c?d=e; }", "127.0.0.1:8081 /b/c"},
        {"location = /a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 /a"},
        {"location =/a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 /a"},
        {"location ^~ /a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 /a"},
        {"location ~ ^/a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 -"},
        {"location ~*^/a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 -"},
        {"location @a { proxy_pass http://127.0.0.1:8081; }", "127.0.0.1:8081 -"},
        {"location ~ ^/a/(.*) { proxy_pass http://127.0.0.1:8081/b/$1; }", "127.0.0.1:8081 /b/"},
        {"location /a { proxy_pass http://127.0.0.1:8081$request_uri; }", "127.0.0.1:8081 /a"},
        {"location /a { proxy_pass http://127.0.0.1:8081$arg_x; }", "127.0.0.1:8081 -"},
        {"location /a { rewrite ^ /b break; proxy_pass http://127.0.0.1:8081; }",
         "127.0.0.1:8081 -"},
        {"location /a { rewrite ^ /b last; proxy_pass http://127.0.0.1:8081; }",
         "127.0.0.1:8081 /a"},
        {"location / { location /a { proxy_pass http://127.0.0.1:8081; } }", "127.0.0.1:8081 /a"},
        {"location /a { limit_except GET { proxy_pass http://127.0.0.1:8081; } }",
         "127.0.0.1:8081 /a"},
        {"location / { proxy_pass 127.0.0.1:8081; }",
         "! `127.0.0.1:8081` is nothing that can be proxied to"},
    });
    for (const row& each : rows) {
        CAPTURE(each.server);
        CHECK(shown(read_nginx_server(each.server, listeners)) == each.leads);
    }
}

TEST_CASE("a variable in a proxy_pass is followed as far as the configuration says what it is") {
    struct row {
        const char* http;
        const char* location;
        std::string_view leads;
    };
    const std::array rows = std::to_array<row>({
        {"", "set $b 127.0.0.1:8081; proxy_pass http://$b;", "127.0.0.1:8081 /"},
        {"", "set $b 127.0.0.1; set $p 8081; proxy_pass http://${b}:$p/x;", "127.0.0.1:8081 /x"},
        {"", "set $a 127.0.0.1; set $b $a:8081; proxy_pass http://$b;", "127.0.0.1:8081 /"},
        {"", "set $b x:1; if ($arg_c) { set $b 127.0.0.1:8081; } proxy_pass http://$b;",
         "127.0.0.1:8081 /"},
        {"", "set $b 127.0.0.1:8081; set $b 127.0.0.1:3000; proxy_pass http://$b;", ""},
        {"map $uri $b { default 127.0.0.1:8081; /x 127.0.0.1:3000; }", "proxy_pass http://$b;",
         "127.0.0.1:8081 /"},
        {"map $uri $b { default 127.0.0.1:3000; /x 10.0.0.5; /y 127.0.0.1:8081; }",
         "proxy_pass http://$b;", "10.0.0.5:80 /, 127.0.0.1:8081 /"},
        {"map $uri $b { /x gw; } upstream gw { server 127.0.0.1:8081; }", "proxy_pass http://$b;",
         "127.0.0.1:8081 /"},
        {"split_clients $uri $b { 5% 127.0.0.1:8081; * 127.0.0.1:3000; }", "proxy_pass http://$b;",
         "127.0.0.1:8081 /"},
        {"", "proxy_pass http://$host;", "? `$host` is known only when a request arrives"},
        {"", "proxy_pass http://$host:8081;", "? `$host` is known only when a request arrives"},
        {"", "proxy_pass http://$host:3000;", ""},
        {"", "proxy_pass http://127.0.0.1:$arg_x;",
         "? `$arg_x` is known only when a request arrives"},
        {"", "proxy_pass http://unix:/run/$arg_x;",
         "? `$arg_x` is known only when a request arrives"},
        {"", "proxy_pass $arg_x;", "? `$arg_x` is known only when a request arrives"},
        {"", "proxy_pass $scheme://127.0.0.1:8081;", "127.0.0.1:8081 /"},
        {"", "set $a $a$a; proxy_pass http://$a;", "? `$a` is known only when a request arrives"},
    });
    for (const row& each : rows) {
        CAPTURE(each.http);
        CAPTURE(each.location);
        CHECK(shown(read_nginx_text("http { " + std::string(each.http) + " server { location / {" +
                                        each.location + "} } }",
                                    {}, listeners)) == each.leads);
    }
}

TEST_CASE("set works in the order in which Nginx carries it out") {
    const auto leads = [](const std::string& server) { return shown(read_nginx_server(server)); };
    CHECK(leads("set $b 127.0.0.1:8081; location / { proxy_pass http://$b; }") ==
          "127.0.0.1:8081 /");
    CHECK(leads("location / { set $b 127.0.0.1:3000; proxy_pass http://$b; }\n"
                "set $b 127.0.0.1:8081;") == "");
    // A nested location does not carry out what stands in the one around it.
    CHECK(leads("set $b 127.0.0.1:8081;\n"
                "location / { set $b 127.0.0.1:1; location /a { proxy_pass http://$b; } }") ==
          "127.0.0.1:8081 /a");
}

TEST_CASE("a group reaches each listener that one of its servers is") {
    const auto leads = [](const std::string& group, const std::string& pass) {
        return shown(read_nginx_text("http { upstream Gate { " + group +
                                         " } server { location / { proxy_pass " + pass + "; } } }",
                                     {}, listeners));
    };
    CHECK(leads("server 127.0.0.1:8081 weight=2;", "http://gate") == "127.0.0.1:8081 /");
    CHECK(leads("server 127.0.0.1:3000; server 127.0.0.1:8081 backup;", "http://Gate") ==
          "127.0.0.1:8081 /");
    CHECK(leads("server unix:/run/p.sock; server 10.0.0.5; keepalive 8;", "http://gate/a") ==
          "unix:/run/p.sock /a, 10.0.0.5:80 /a");
    CHECK(leads("server unix:/run/p.sock; server 10.0.0.5 down;", "http://gate/a") ==
          "unix:/run/p.sock /a");
    CHECK(leads("server localhost:8081; server 127.0.0.1:8081;", "http://gate") ==
          "localhost:8081 /");
    CHECK(leads("server [::1]:8081;", "http://gate") == "");
    // With a port it is the name of a host.
    CHECK(leads("server 127.0.0.1:8081;", "http://gate:3000") == "");
}

TEST_CASE("a colon ends the path of a socket only in a URL") {
    const auto leads = [](const std::string& text) {
        return shown(read_nginx_text(text, {}, {unix_address{"/run/p:1.sock"}}));
    };
    CHECK(leads("http { upstream g { server unix:/run/p:1.sock; }\n"
                "server { location / { proxy_pass http://g; } } }") == "unix:/run/p:1.sock /");
    CHECK(leads("stream { server { proxy_pass unix:/run/p:1.sock; } }") == "unix:/run/p:1.sock -");
    CHECK(leads("http { server { location / { proxy_pass http://unix:/run/p:1.sock; } } }") == "");
}

TEST_CASE("a server of stream leads to an address, a group or a variable") {
    const auto leads = [](const std::string& stream) {
        return shown(read_nginx_text("stream { " + stream + " }", {}, listeners));
    };
    CHECK(leads("server { proxy_pass localhost:8081; }") == "localhost:8081 -");
    CHECK(leads("server { proxy_pass unix:/run/p.sock; }") == "unix:/run/p.sock -");
    CHECK(leads("upstream g { server 127.0.0.1:8081; } server { proxy_pass g; }") ==
          "127.0.0.1:8081 -");
    CHECK(leads("map $ssl_preread_server_name $g { default 127.0.0.1:8081; a 127.0.0.1:1; }\n"
                "server { proxy_pass $g; }") == "127.0.0.1:8081 -");
    CHECK(leads("server { proxy_pass $ssl_preread_server_name:8081; }") ==
          "? `$ssl_preread_server_name` is known only when a request arrives");
}

TEST_CASE("what is in no server is no passage") {
    CHECK(read_nginx_text("mail { server { proxy_pass 127.0.0.1:8081; } }").passages.empty());
    CHECK(read_nginx_server("types { location / { proxy_pass http://127.0.0.1:8081; } }")
              .passages.empty());
}
