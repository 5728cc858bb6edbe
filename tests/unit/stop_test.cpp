// What is said about units and manifests, and the plans behind it.
#include "alignment/report.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

load_result loaded(const std::string& yaml) {
    return load_configuration(make_source("gateway.yaml", yaml));
}

std::string unit_text(const std::string& lines) {
    return "[Service]\nExecStart=/usr/bin/pulsegate run\n" + lines;
}

stop_findings check_units(const std::string& yaml, const std::vector<std::string>& texts) {
    std::vector<source> files;
    for (const std::string& text : texts)
        files.push_back(make_source("unit-" + std::to_string(files.size()), text));
    return check_unit(loaded(yaml), files);
}

std::string pod(const std::string& name, const std::string& lines) {
    return "kind: Pod\nmetadata: { name: " + name + " }\nspec:\n" + lines +
           "  containers:\n    - { name: pulsegate, image: pulsegate:1 }\n";
}

} // namespace

TEST_CASE("a drain takes its window and the last goodbye") {
    CHECK(longest_drain(loaded("drain: { window: 30s }\n").values) == 35s);
}

TEST_CASE("the report on a unit shows both sides and a cure that is enough") {
    const auto found = check_units("drain:\n  window: 60s\n", {unit_text("TimeoutStopSec=30\n")});
    CHECK(render_text(found.diagnostics) ==
          R"(warning[PG401]: systemd kills the gateway before it has drained
 --> unit-0:3:1
  |
3 | TimeoutStopSec=30
  | ^^^^^^^^^^^^^^^^^ kills the gateway 30s after it was told to stop
 ::: gateway.yaml:2:11
2 |   window: 60s
  |           ^^^ a drain takes up to 1m5s: this, and 5s for the last goodbyes
  = help: set `TimeoutStopSec=75s` here, or `Type=notify`: the gateway then tells systemd how long it needs
)");
    const auto cured = check_units("drain:\n  window: 60s\n", {unit_text("TimeoutStopSec=75s\n")});
    CHECK(cured.diagnostics.empty());
}

TEST_CASE("drop-ins count after the unit's file") {
    const std::string yaml = "drain: { window: 60s }\n";
    const std::string unit = unit_text("TimeoutStopSec=5min\n");
    CHECK(check_units(yaml, {unit}).diagnostics.empty());
    const auto found = check_units(yaml, {unit, "[Service]\nTimeoutStopSec=10s\n"});
    REQUIRE(found.diagnostics.size() == 1);
    CHECK(location(found.diagnostics[0].primary.where) == "unit-1:2:1");
    REQUIRE(found.plans.size() == 1);
    CHECK(found.plans[0].name == "unit-0");
    CHECK(found.plans[0].kill_after == 10s);
}

TEST_CASE("the plan of a unit says whether the gateway's word counts") {
    const auto plan_of = [](const std::string& lines) {
        const auto found = check_units("", {unit_text(lines)});
        REQUIRE(found.plans.size() == 1);
        return found.plans[0];
    };
    CHECK(plan_of("").kill_after == 90s);
    CHECK_FALSE(plan_of("").is_extended);
    CHECK(plan_of("Type=notify\n").is_extended);
    CHECK(plan_of("Type=notify-reload\n").is_extended);
    CHECK(plan_of("Type=exec\nNotifyAccess=all\n").is_extended);
    CHECK(plan_of("WatchdogSec=30s\n").is_extended);
    CHECK_FALSE(plan_of("WatchdogSec=0\n").is_extended);
    CHECK_FALSE(plan_of("Type=notify\nType=simple\n").is_extended);
    CHECK(plan_of("TimeoutStopSec=infinity\n").kill_after == std::nullopt);
    CHECK(plan_of("SendSIGKILL=no\n").kill_after == std::nullopt);
    CHECK(plan_of("TimeoutSec=20\nTimeoutStopSec=nonsense\n").kill_after == 20s);
}

TEST_CASE("the report on a pod shows what passes before the gateway is told") {
    const auto found = check_manifest(
        loaded(""), make_source("pod.yaml", "kind: Pod\nmetadata: { name: edge }\nspec:\n"
                                            "  containers:\n"
                                            "    - image: pulsegate:1\n"
                                            "      lifecycle:\n"
                                            "        preStop: { sleep: { seconds: 5 } }\n"));
    CHECK(render_text(found.diagnostics) ==
          R"(warning[PG405]: Kubernetes kills the gateway before it has drained
 --> pod.yaml:4:3
  |
4 |   containers:
  |   ^^^^^^^^^^ the pod has no `terminationGracePeriodSeconds`: by default Kubernetes kills the pod 30s after it is told to stop; a drain takes up to 35s by default
 ::: pod.yaml:7:18
7 |         preStop: { sleep: { seconds: 5 } }
  |                  ^^^^^^^^^^^^^^^^^^^^^^^^^ takes 5s of that before the gateway is told
  = help: add `terminationGracePeriodSeconds: 45` beside `containers`
)");
}

TEST_CASE("every pod of a manifest that runs the gateway is judged") {
    const auto found = check_manifest(
        loaded(""), make_source("all.yaml", pod("a", "  terminationGracePeriodSeconds: 60\n") +
                                                "---\n---\n# nothing\n---\n" + pod("b", "")));
    REQUIRE(found.plans.size() == 2);
    CHECK(found.plans[0].name == "Pod/a");
    CHECK(found.plans[0].kill_after == 60s);
    CHECK(found.plans[1].kill_after == 30s);
    CHECK(found.diagnostics.size() == 1);
    CHECK(render_stop_plans(found.plans, 35s) ==
          "Pod/a: waits 1m after the order to stop; a drain takes at most 35s\n"
          "Pod/b: waits 30s after the order to stop; a drain takes at most 35s\n");
}

TEST_CASE("a template of Helm is recognised") {
    const auto found = check_manifest(
        loaded(""), make_source("t.yaml", "kind: Pod\nmetadata:\n  name: {{ .Values.name }}-x\n"));
    REQUIRE(found.diagnostics.size() == 1);
    CHECK(found.diagnostics[0].id == code::syntax);
    CHECK(found.diagnostics[0].help.find("helm template") != std::string::npos);
}

TEST_CASE("a manifest that refers to itself is read to its end") {
    const auto found = check_manifest(
        loaded(""), make_source("loop.yaml", "&a\nkind: Pod\nitems: [*a]\nspec: *a\n"));
    CHECK(found.diagnostics.size() == 1);
    CHECK(found.diagnostics[0].id == stop_code::deployment_elsewhere);
}

TEST_CASE("commands of any length are read") {
    const std::string spaces(1'000'000, ' ');
    const std::string word(1'000'000, 'k');
    CHECK(check_units("", {unit_text("ExecStop=kill" + spaces + "1\nExecStop=/" + word + "\n")})
              .plans.size() == 1);
    const auto found = check_manifest(
        loaded(""),
        make_source("pod.yaml", "kind: Pod\nmetadata: { name: edge }\nspec:\n"
                                "  containers:\n"
                                "    - image: pulsegate:1\n"
                                "      lifecycle: { preStop: { exec: { command: [\"sleep" +
                                    spaces + "5\", " + word + "] } } }\n"));
    CHECK(found.plans.size() == 1);
}

TEST_CASE("a document that begins with nothing that could begin one is reported, once") {
    for (const std::string text : {",a\n", "]", "}\n", "kind: Pod\n---\n,b\n"}) {
        CAPTURE(text);
        const auto found = check_manifest(loaded(""), make_source("broken.yaml", text));
        REQUIRE(found.diagnostics.size() == 1);
        CHECK(found.diagnostics[0].id == code::syntax);
    }
}
