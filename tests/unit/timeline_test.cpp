#include "alignment/timeline.hpp"
#include "support/checked_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

/// The pictures of a configuration without files.
std::vector<timeline> pictures(const std::string& yaml) {
    const auto checked = check_text(yaml);
    REQUIRE(checked.aligned.has_value());
    return timelines_of(*checked.aligned);
}

std::string text(const std::string& yaml) {
    std::string out;
    for (const timeline& each : pictures(yaml))
        out += render_timeline_text(each);
    return out;
}

std::size_t occurrences(std::string_view in, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = in.find(what); at != std::string_view::npos; at = in.find(what, at + 1))
        ++count;
    return count;
}

} // namespace

TEST_CASE("the picture shows pings, silences, cuts and the eviction on one scale") {
    CHECK(text("proxies:\n"
               "  - preset: cloudflare\n"
               "  - { name: short, idle: 20s }\n"
               "  - { name: patient, idle: 1h }\n") == R"(/: pings every 25s, evicts after 45s

                        0s        30s       1m        1m30s     2m
a quiet client          ........P.......P........P.......P.......  silent for 30.1s at most
cloudflare              ==========.......................X         idle 1m40s, margin 69.9s
short                   ======X                                    idle 20s, margin -10.1s MISALIGNED
patient                 ==========..............................>  idle 1h, margin 3569.9s
a client that vanished  ........P......E                           evicted with 4001 within 45.4s

P ping   = the longest silence   X the proxy's limit   E eviction
)");
}

TEST_CASE("a route that passes plain HTTP has an event stream, and the limits of that alone") {
    CHECK(text("proxies:\n"
               "  - preset: heroku\n"
               "  - { name: edge, idle: 2m, silence: 20s, total: 1m }\n"
               "routes: [{ path: /, upstream: \"ws://127.0.0.1:8000\" }]\n") ==
          R"(/: pings every 25s, evicts after 45s

                        0s        45s       1m30s     2m15s     3m
a quiet client          .....P.....P....P.....P....P.....P....P..  silent for 30.1s at most
heroku                  ======......X                              idle 55s, margin 24.9s
edge                    ======....................X                idle 2m, margin 89.9s
a client that vanished  .....P....E                                evicted with 4001 within 45.4s
a quiet event stream    .....P.....P....P.....P....P.....P....P..  a comment every 25s
edge                    ====X                                      silence 20s, margin -10.1s MISALIGNED
edge                    .............X                             total 1m, no heartbeat helps

P ping or comment   = the longest silence   X the proxy's limit   E eviction
)");
}

TEST_CASE("routes with the same heartbeat share a picture") {
    const std::string routes = "routes:\n"
                               "  - { path: /a, upstream: echo }\n"
                               "  - { path: /b, upstream: echo }\n";
    CHECK(pictures(routes).size() == 1);
    const auto two = pictures(routes + "  - path: /c\n"
                                       "    upstream: echo\n"
                                       "    heartbeat: { interval: 10s, timeout: 20s }\n");
    REQUIRE(two.size() == 2);
    CHECK(two.front().title == "/a: pings every 25s, evicts after 45s");
    CHECK(two.back().title == "/c: pings every 10s, evicts after 20s");
}

TEST_CASE("only a hop that cuts healthy connections is misaligned") {
    const auto all = pictures("proxies:\n"
                              "  - { name: exact, idle: 30100ms }\n"
                              "  - { name: enough, idle: 30101ms }\n");
    REQUIRE(all.size() == 1);
    const std::vector<timeline_lane>& lanes = all.front().lanes;
    REQUIRE(lanes.size() == 4);
    CHECK(lanes[1].silence == 30'100ms);
    CHECK(lanes[1].is_misaligned);
    CHECK_FALSE(lanes[2].is_misaligned);
}

TEST_CASE("a long name is shortened between two characters, and leaves the columns in line") {
    const std::string drawn =
        text("proxies: [{ name: 'über den äußersten Vermittler', idle: 60s }]\n");
    CHECK(occurrences(drawn, "\nüber den äußersten Ve…  =") == 1);
}

TEST_CASE("a heartbeat of another order of magnitude than the picture does not flood it") {
    const auto all = pictures("heartbeat: { interval: 100ms, timeout: 24h }\n");
    REQUIRE(all.size() == 1);
    CHECK(all.front().lanes.front().marks.size() <= 500);
    CHECK(render_timelines_svg(all).size() < 100'000);
}

TEST_CASE("the SVG has a mark for each moment and escapes the user's names") {
    const std::string svg =
        render_timelines_svg(pictures("proxies: [{ name: '<a> & \"b\"', idle: 20s }]\n"));
    CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" "));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(occurrences(svg, "&lt;a&gt; &amp; \"b\"</text>") == 1);
    CHECK(occurrences(svg, "<g class=\"bad\">") == 1);
    CHECK(occurrences(svg, "class=\"cut\"/>") == 1);
    CHECK(occurrences(svg, "class=\"eviction\"/>") == 1);
    CHECK(occurrences(svg, "MISALIGNED</text>") == 1);   // not by its colour alone
    for (const char* kind : {"ping", "cut", "eviction"}) // each shape is explained
        CHECK(occurrences(svg, ("class=\"" + std::string(kind) + " legend\"/>").c_str()) == 1);
    CHECK(occurrences(svg, "<g") == occurrences(svg, "</g>"));
    CHECK(occurrences(svg, "<text") == occurrences(svg, "</text>"));
}
