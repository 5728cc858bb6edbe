#include "config/json.hpp"
#include "config/loader.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

std::vector<diagnostic> diagnose(std::string yaml) {
    return load_configuration(make_source("gateway.yaml", std::move(yaml))).diagnostics;
}

std::string text_of(std::string yaml) {
    return render_text(diagnose(std::move(yaml)));
}

} // namespace

TEST_CASE("a diagnostic shows the place, the reason and the cure") {
    CHECK(text_of("workers: auto\nheartbeat:\n  interval: 25\n") ==
          "error[PG110]: `25` has no unit of time\n"
          " --> gateway.yaml:3:13\n"
          "  |\n"
          "3 |   interval: 25\n"
          "  |             ^^ must be a duration, such as `25s`\n"
          "  = help: write `25s` for seconds or `25ms` for milliseconds\n");
}

TEST_CASE("labels of several lines share one margin") {
    CHECK(text_of("heartbeat:\n  interval: 30s # often\n\n\n\n\n\n\n\n  timeout: 30s\n") ==
          "error[PG130]: every client would be evicted before it can answer a ping\n"
          "  --> gateway.yaml:10:12\n"
          "   |\n"
          "10 |   timeout: 30s\n"
          "   |            ^^^ evicted after 30s of silence\n"
          "  ::: gateway.yaml:2:13\n"
          " 2 |   interval: 30s # often\n"
          "   |             ^^^ pinged every 30s\n"
          "   = help: set `timeout: 1m` or `interval: 15s`\n");
}

TEST_CASE("two diagnostics stand in the order of the file with a line between them") {
    CHECK(text_of("log: { level: loud }\nworkers: 0\n") ==
          "error[PG114]: `log.level` cannot be `loud`\n"
          " --> gateway.yaml:1:15\n"
          "  |\n"
          "1 | log: { level: loud }\n"
          "  |               ^^^^ must be `debug`, `info`, `warning` or `error`\n"
          "\n"
          "error[PG113]: `workers` is too small\n"
          " --> gateway.yaml:2:10\n"
          "  |\n"
          "2 | workers: 0\n"
          "  |          ^ must be from 1 to 1024\n"
          "  = help: the nearest allowed value is `1`\n");
}

TEST_CASE("tabs are shown as four columns") {
    CHECK(text_of("log:\t{ level:\tloud }\n") ==
          "error[PG114]: `log.level` cannot be `loud`\n"
          " --> gateway.yaml:1:15\n"
          "  |\n"
          "1 | log:    { level:    loud }\n"
          "  |                     ^^^^ must be `debug`, `info`, `warning` or `error`\n");
}

TEST_CASE("marks stand under characters of any width") {
    // Two bytes and one column; three bytes and two columns; a combining mark without a column.
    CHECK(text_of("\xC3\xA4\xC3\xB6: 1\n") == // U+00E4 U+00F6
          "error[PG104]: unknown key `\xC3\xA4\xC3\xB6`\n"
          " --> gateway.yaml:1:1\n"
          "  |\n"
          "1 | \xC3\xA4\xC3\xB6: 1\n"
          "  | ^^ not a key at the top level\n"
          "  = help: the keys here are `listeners`, `admin`, `workers`, `trusted_proxies`, "
          "`client_ip_header`, `via`, `health`, `heartbeat`, `close`, `proxies`, `alignment`, "
          "`routes`, `http`, `limits`, `drain`, `log`\n");
    CHECK(
        text_of(
            "log: { format: \"\xE4\xBD\xA0\xE5\xA5\xBD\", level: e\xCC\x81 }\n") == // U+4F60 U+597D
        "error[PG114]: `log.format` cannot be `\xE4\xBD\xA0\xE5\xA5\xBD`\n"
        " --> gateway.yaml:1:16\n"
        "  |\n"
        "1 | log: { format: \"\xE4\xBD\xA0\xE5\xA5\xBD\", level: e\xCC\x81 }\n"
        "  |                ^^^^^^ must be `text` or `json`\n"
        "\n"
        "error[PG114]: `log.level` cannot be `e\xCC\x81`\n"
        " --> gateway.yaml:1:29\n"
        "  |\n"
        "1 | log: { format: \"\xE4\xBD\xA0\xE5\xA5\xBD\", level: e\xCC\x81 }\n"
        "  |                               ^ must be `debug`, `info`, `warning` or `error`\n");
}

TEST_CASE("of a long line the part around the mark is shown") {
    const std::string padding(200, 'x');
    CHECK(text_of("client_ip_header: " + padding + "\nlog: { level: loud, format: " + padding +
                  " }\n") ==
          "error[PG114]: `log.level` cannot be `loud`\n"
          " --> gateway.yaml:2:15\n"
          "  |\n"
          "2 | log: { level: loud, format: " +
              padding.substr(0, 72) +
              "\xE2\x80\xA6\n"
              "  |               ^^^^ must be `debug`, `info`, `warning` or `error`\n"
              "\n"
              "error[PG114]: `log.format` cannot be `" +
              padding.substr(0, 60) +
              "\xE2\x80\xA6`\n"
              " --> gateway.yaml:2:29\n"
              "  |\n"
              "2 | log: { level: loud, format: " +
              padding.substr(0, 72) +
              "\xE2\x80\xA6\n"
              "  |                             " +
              std::string(72, '^') + " must be `text` or `json`\n");
    CHECK(text_of("{ client_ip_header: " + padding + ", workers: 0 }\n") ==
          "error[PG113]: `workers` is too small\n"
          " --> gateway.yaml:1:232\n"
          "  |\n"
          "1 | \xE2\x80\xA6" +
              padding.substr(0, 29) +
              ", workers: 0 }\n"
              "  |                                          ^ must be from 1 to 1024\n"
              "  = help: the nearest allowed value is `1`\n");
}

TEST_CASE("control characters and broken bytes never reach the terminal") {
    CHECK(text_of("a\x1B[31m: 1\n") ==
          "error[PG102]: the file has a control character\n"
          " --> gateway.yaml:1:2\n"
          "  |\n"
          "1 | a\xE2\x90\x9B[31m: 1\n"
          "  |  ^ this character\n"
          "  = help: write it as an escape in double quotes, such as `\"\\x1B\"`\n");
    CHECK(text_of("\"a\\x1B\": 1\n").find("unknown key `a\xE2\x90\x9B`") != std::string::npos);
    CHECK(text_of("ab\xFE: 1\n").find("1 | ab\xEF\xBF\xBD: 1\n  |   ^ this byte\n") !=
          std::string::npos);
}

TEST_CASE("a value of several lines is marked on its first") {
    CHECK(text_of("drain:\n  window: >\n    a long\n    while\n") ==
          "error[PG110]: `a long while\xE2\x90\x8A` is not a duration\n"
          " --> gateway.yaml:2:11\n"
          "  |\n"
          "2 |   window: >\n"
          "  |           ^ must be a duration, such as `25s`\n"
          "  = help: write whole numbers with the units `h`, `m`, `s` and `ms`, such as `25s` or "
          "`1m30s`\n");
}

TEST_CASE("the line format has one line for each diagnostic") {
    CHECK(render_line(diagnose("tiemout: 1\nworkers: 0\nheartbeat: { interval: 40s }\n")) ==
          "gateway.yaml:1:1: error[PG104]: unknown key `tiemout`; did you mean `timeout` in "
          "`heartbeat`?\n"
          "gateway.yaml:2:10: error[PG113]: `workers` is too small; the nearest allowed value is "
          "`1`\n"
          "gateway.yaml:3:24: warning[PG131]: one late answer is enough to evict a client; "
          "set `timeout: 1m20s` or `interval: 22s`\n");
    CHECK(render_line({}).empty());
}

TEST_CASE("the JSON format carries every part of a diagnostic") {
    const auto json = boost::json::parse(boost::json::serialize(
        diagnostics_to_json(diagnose("heartbeat: { interval: 40s }\nworkers: 1\nworkers: 2\n"))));
    CHECK(json.at("errors").to_number<int>() == 1);
    CHECK(json.at("warnings").to_number<int>() == 1);
    const auto& first = json.at("diagnostics").as_array().at(0);
    CHECK(first.at("code").as_string() == "PG131");
    CHECK(first.at("severity").as_string() == "warning");
    CHECK(first.at("primary").at("file").as_string() == "gateway.yaml");
    CHECK(first.at("primary").at("line").to_number<int>() == 1);
    CHECK(first.at("primary").at("column").to_number<int>() == 24);
    CHECK(first.at("primary").at("end_column").to_number<int>() == 27);
    CHECK(first.at("help").as_string() == "set `timeout: 1m20s` or `interval: 22s`");
    const auto& second = json.at("diagnostics").as_array().at(1);
    CHECK(second.at("others").as_array().at(0).at("text").as_string() == "first set here");
    CHECK(diagnostics_to_json({}).at("diagnostics").as_array().empty());
}
