#include "alignment/presets.hpp"

#include "base/duration.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace pulsegate;

namespace {

/// `idle 60s any source code, life unset documented`
std::string figures(const preset& which) {
    std::string out;
    for (const preset_limit& each : which.limits) {
        out += out.empty() ? "" : ", ";
        out += std::string(to_string(each.kind)) + ' ';
        out += each.value ? format_duration(*each.value) : "unset";
        out += each.kind == limit_kind::idle ? ' ' + std::string(to_string(each.resets)) : "";
        out += ' ' + std::string(to_string(each.sure));
    }
    return out;
}

struct expectation {
    std::string_view name;
    std::string_view figures;
};

constexpr expectation expected[] = {
    {"nginx", "idle 1m any source code, life after a reload unset documented, HTTP silence 1m "
              "documented, HTTP keep-alive 1m documented"},
    {"nginx-stream",
     "idle 10m any documented, life after a reload unset documented, HTTP silence 10m documented"},
    {"haproxy", "idle unset any documented, life after a reload unset documented, HTTP silence "
                "unset documented, HTTP keep-alive 5s documented"},
    {"envoy", "idle 5m any documented, life 15s documented, life unset documented, HTTP silence 5m "
              "documented, HTTP total 15s documented, HTTP total unset documented, HTTP keep-alive "
              "1h documented"},
    {"traefik",
     "idle unset any reported, HTTP silence unset reported, HTTP keep-alive 1m30s documented"},
    {"caddy", "idle unset any source code, life unset documented, life after a reload 0s "
              "documented, HTTP silence unset documented, HTTP keep-alive 2m documented"},
    {"apache",
     "idle 1m any source code, HTTP silence 1m source code, HTTP keep-alive unset documented"},
    {"varnish", "idle 1m any source code, HTTP silence 1m source code, HTTP first byte 1m source "
                "code, HTTP keep-alive 1m source code"},
    {"ingress-nginx", "idle 1m any documented, life after a reload 4m documented, HTTP silence 1m "
                      "documented, HTTP keep-alive 1m documented"},
    {"kong", "idle 1m any source code, HTTP silence 1m source code, HTTP keep-alive 1m documented"},
    {"apisix", "idle 1m any reported, HTTP silence 1m reported, HTTP keep-alive 1m documented"},
    {"cloudflare",
     "idle 1m40s any assumed, HTTP silence 2m5s documented, HTTP keep-alive 15m documented"},
    {"cloudflare-tunnel",
     "idle 2m5s900ms any reported, HTTP silence 2m5s documented, HTTP keep-alive 1m30s documented"},
    {"cloudflare-gateway", "idle 4m30s any reported"},
    {"cloudflare-spectrum", ""},
    {"fastly", "HTTP silence 10s reported, HTTP first byte 15s documented"},
    {"fly", ""},
    {"heroku",
     "idle 55s any documented, HTTP silence 55s documented, HTTP first byte 30s documented"},
    {"aws-alb",
     "idle 1m any documented, HTTP silence 1m documented, HTTP keep-alive 1m documented"},
    {"aws-nlb", "idle 5m50s any reported, HTTP silence 5m50s reported"},
    {"aws-cloudfront", "idle 10m to_client documented, HTTP silence 30s documented, HTTP total "
                       "unset documented, HTTP keep-alive 5s documented"},
    {"aws-api-gateway", "idle 10m any documented, life 2h documented"},
    {"aws-app-runner", "HTTP total 2m reported"},
    {"gcp-classic-alb",
     "life 30s reported, HTTP total 30s reported, HTTP keep-alive 10m documented"},
    {"gcp-global-alb", "idle 30s any reported, life 24h reported, HTTP total 30s reported, HTTP "
                       "keep-alive 10m documented"},
    {"azure-front-door", "idle 5m any documented, life 4h documented"},
    {"azure-application-gateway", "life after a reload 30s documented"},
    {"azure-app-service", "idle 4m any reported, HTTP silence 4m reported"},
    {"azure-load-balancer", "idle 4m any reported, HTTP silence 4m reported"},
    {"linux-conntrack", "idle 120h any reported, HTTP silence 120h reported"},
    {"carrier-nat", "idle 4m15s any reported, HTTP silence 4m15s reported"},
    {"uvicorn", ""},
};

bool is_kebab_case(std::string_view name) {
    return !name.empty() && name.front() != '-' && name.back() != '-' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

} // namespace

TEST_CASE("every preset has the figures that its sources give") {
    REQUIRE(preset_table().size() == std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        const preset& which = preset_table()[i];
        CAPTURE(which.name);
        CHECK(which.name == expected[i].name);
        CHECK(figures(which) == expected[i].figures);
    }
}

TEST_CASE("every preset has a name of its own and says what it is") {
    std::set<std::string_view> names;
    for (const preset& each : preset_table()) {
        CAPTURE(each.name);
        CHECK(is_kebab_case(each.name));
        CHECK(names.insert(each.name).second);
        CHECK_FALSE(each.title.empty());
        CHECK((each.remark.empty() || each.remark.ends_with('.')));
        CHECK(find_preset(each.name) == &each);
    }
    CHECK(find_preset("Cloudflare") == nullptr);
    CHECK(find_preset("") == nullptr);
}

TEST_CASE("every limit of a preset has a source, and a value that a proxy could have") {
    for (const preset& which : preset_table())
        for (const preset_limit& each : which.limits) {
            CAPTURE(which.name);
            CAPTURE(each.option);
            CHECK_FALSE(each.cited.empty());
            if (each.value && each.kind == limit_kind::reload)
                CHECK(*each.value >= milliseconds::zero());
            else if (each.value && each.kind == limit_kind::keep_alive)
                CHECK(*each.value >= std::chrono::seconds(5));
            else if (each.value)
                CHECK(*each.value >= std::chrono::seconds(10));
            CHECK(each.value.value_or(milliseconds::zero()) <= std::chrono::hours(5 * 24));
            if (!each.setting.empty()) {
                CHECK_FALSE(each.option.empty());
                CHECK(each.setting.find("{}") != std::string_view::npos);
            }
        }
}

TEST_CASE("only what nobody documents has no known idle limit") {
    std::set<std::string_view> unknown;
    for (const preset& each : preset_table())
        if (each.is_in_front && !has_known_idle(each))
            unknown.insert(each.name);
    CHECK(unknown == std::set<std::string_view>{"aws-app-runner", "azure-application-gateway",
                                                "cloudflare-spectrum", "fastly", "fly",
                                                "gcp-classic-alb"});
}

TEST_CASE("only what stands behind the gateway is no hop") {
    for (const preset& each : preset_table()) {
        CAPTURE(each.name);
        CHECK(each.is_in_front == (each.name != "uvicorn"));
    }
}
