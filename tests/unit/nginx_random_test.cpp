// Damaged configurations: the reader must come to an end, with every place inside its file.
#include "alignment/nginx/reading.hpp"
#include "support/nginx_text.hpp"
#include "support/random_source.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

namespace {

const std::string sound =
    "worker_processes auto;\nevents { worker_connections 768; }\n"
    "http {\n map $http_upgrade $c { default upgrade; '' \"close\"; }\n include other;\n"
    " upstream g { server 127.0.0.1:8081; server unix:/run/p.sock; }\n"
    " server { listen 80; set $b g; proxy_set_header Host \"${host}\"; # comment\n"
    "  content_by_lua_block { local x = \"}\" --[[ } ]] }\n"
    "  location ~ ^/a/(.*)\\.php$ { proxy_pass http://$b/x/$1; proxy_read_timeout 1m30s; }\n"
    "  location /b { if ($x = \"y\") { proxy_pass http://[::1]:8081; } rewrite a b break; }\n"
    " }\n}\nstream { server { proxy_pass g; proxy_timeout 5m; } }\n";

constexpr std::array<std::string_view, 16> pieces{"{",
                                                  "}",
                                                  ";",
                                                  "\"",
                                                  "'",
                                                  "\\",
                                                  "$",
                                                  "${",
                                                  "#",
                                                  "include ",
                                                  "proxy_pass ",
                                                  "[[",
                                                  "--[==[",
                                                  "_by_lua_block {",
                                                  "set $b $b$b;",
                                                  std::string_view("\0", 1)};

std::string damaged(std::string text, test::random_source& random) {
    for (auto times = random.between(1, 8); times > 0; --times) {
        const std::size_t at = random.below(text.size() + 1);
        switch (random.below(4)) {
        case 0:
            text.insert(at, pieces[random.below(pieces.size())]);
            break;
        case 1:
            text.erase(at, random.below(20));
            break;
        case 2:
            text.insert(at, text.substr(random.below(text.size() + 1), random.below(80)));
            break;
        default:
            text.insert(at, 1, static_cast<char>(random.byte()));
        }
    }
    return text;
}

void check_place(const span& where) {
    REQUIRE(where.in != nullptr);
    CHECK(where.offset + where.length <= where.in->text().size());
    CHECK(where.text().find('\n') == std::string_view::npos);
}

} // namespace

TEST_CASE("a damaged configuration is read to an end") {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        CAPTURE(seed);
        test::random_source random(seed);
        const nginx_reading reading =
            read_nginx_text(damaged(sound, random), {{"/etc/nginx/other", damaged(sound, random)}});
        for (const diagnostic& each : reading.problems)
            check_place(each.primary.where);
        for (const nginx_undecided& each : reading.undecided)
            check_place(each.where);
        for (const nginx_passage& each : reading.passages) {
            check_place(each.where);
            check_place(each.proxy_pass);
            check_place(each.read_timeout.block);
            for (const nginx_header& header : each.headers)
                check_place(header.where);
        }
    }
}

TEST_CASE("variables that are made of each other come to an end") {
    std::string text = "http { server { location / {\n";
    for (int i = 0; i < 20; ++i) {
        text += "set $v" + std::to_string(i) + " '";
        for (int j = 0; j < 50; ++j)
            text += "$v" + std::to_string(i + 1);
        text += "';\n";
    }
    text += "proxy_pass http://$v0; } } }";
    CHECK(read_nginx_text(text).undecided.size() == 1);
}
