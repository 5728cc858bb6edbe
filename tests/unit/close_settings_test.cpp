// What is said in the gateway's Close frames: the table, unless gateway.yaml says something else.
#include "session/close_settings.hpp"

#include "config/loader.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

load_result load(const std::string& yaml) {
    return load_configuration(make_source("test.yaml", yaml));
}

} // namespace

TEST_CASE("by default each end is told as the table of close reasons says") {
    const close_settings settings;
    CHECK(settings.told(leg::client, close_reason::evicted) == close_payload{4001, "timeout"});
    CHECK(settings.told(leg::app, close_reason::app_timeout) == close_payload{4001, "timeout"});
    CHECK(settings.told(leg::client, close_reason::age) == close_payload{1012, "service restart"});
    CHECK(settings.told(leg::app, close_reason::app_protocol_error).code == 1002);
    for (const close_reason_row& row : close_reasons())
        if (row.to_client == farewell::fixed)
            CHECK(settings.told(leg::client, row.reason) == row.fixed);
    CHECK(settings.told(leg::client, close_reason::shutdown).code == 0);
    CHECK(settings.told(leg::client, close_reason::app_closed).code == 0);
}

TEST_CASE("each end that clients are told of has a key, which a route inherits one by one") {
    for (const close_reason_row& row : close_reasons()) {
        const bool is_ours = row.to_client == farewell::fixed;
        if (!is_ours && row.to_client != farewell::configured)
            continue;
        const std::string key = key_of_close(leg::client, row.reason);
        CAPTURE(key);
        const std::size_t dot = key.find('.');
        REQUIRE(dot != std::string::npos);
        const std::string in = key.substr(0, dot) + ": { " + key.substr(dot + 1) + ": { ";
        const auto loaded = load(in + "reason: all } }\n" +
                                 "routes:\n"
                                 "  - path: /\n"
                                 "    upstream: echo\n"
                                 "    " +
                                 in +
                                 "code: 4777 } }\n"
                                 "  - path: /b\n"
                                 "    upstream: echo\n");
        REQUIRE(loaded.diagnostics.empty());
        const auto told = [&](const close_settings& by) {
            return by.told(leg::client, row.reason);
        };
        CHECK(told(loaded.values.routes[0].close) == close_payload{4777, "all"});
        CHECK(told(loaded.values.routes[1].close).reason == "all");
        CHECK(told(loaded.values.close).reason == "all");
    }
}

TEST_CASE("the application's codes are those of the table, whatever clients are told") {
    const auto loaded = load("close: { too_big: { code: 4001 } }\n");
    CHECK(loaded.values.close.told(leg::client, close_reason::too_big).code == 4001);
    CHECK(loaded.values.close.told(leg::app, close_reason::too_big).code == 1009);
}

} // namespace pulsegate
