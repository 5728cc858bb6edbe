#include "server/reload_log.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using keys = std::vector<std::string_view>;

TEST_CASE("the same configuration needs no restart") {
    CHECK(changed_restart_keys({}, {}) == keys{});
}

TEST_CASE("each key that takes a restart is told, and keeps its value") {
    const configuration running;
    configuration wanted;
    wanted.listeners.emplace_back().address = unix_address{"/run/a.sock"};
    CHECK(changed_restart_keys(running, wanted) == keys{"listeners"});
    wanted.admin.address.port = 1;
    wanted.workers = 7;
    CHECK(changed_restart_keys(running, wanted) == keys{"listeners", "admin.address", "workers"});
    const configuration merged = without_restart_keys(running, wanted);
    CHECK(changed_restart_keys(running, merged) == keys{});
}

TEST_CASE("a token is changed without a restart, but taken away only where nobody else can reach") {
    configuration running;
    configuration wanted;
    wanted.admin.token_file = "new.token";
    CHECK(changed_restart_keys(running, wanted) == keys{});
    CHECK(without_restart_keys(running, wanted).admin.token_file == "new.token");

    running.admin.token_file = "old.token";
    wanted.admin.token_file = "";
    CHECK(without_restart_keys(running, wanted).admin.token_file == "");
    running.admin.address.host = "0.0.0.0"; // until the restart, whatever is wanted
    CHECK(without_restart_keys(running, wanted).admin.token_file == "old.token");
    wanted.admin.token_file = "new.token";
    CHECK(without_restart_keys(running, wanted).admin.token_file == "new.token");
}

TEST_CASE("everything else is taken") {
    const configuration running;
    configuration wanted;
    wanted.workers = 7;
    wanted.routes.front().path = "/new";
    wanted.limits.connections = 5;
    wanted.heartbeat.interval = std::chrono::seconds(3);
    wanted.log.level = log::level::error;
    const configuration merged = without_restart_keys(running, wanted);
    CHECK(merged.routes.front().path == "/new");
    CHECK(merged.limits.connections == 5);
    CHECK(merged.heartbeat.interval == std::chrono::seconds(3));
    CHECK(merged.log.level == log::level::error);
}

} // namespace
} // namespace pulsegate
