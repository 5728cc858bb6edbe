#include "server/without_systemd.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

struct environment_variable {
    environment_variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~environment_variable() { ::unsetenv(name_); }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;

private:
    const char* name_;
};

TEST_CASE("without libsystemd, sockets that were passed to this process are an error") {
    const environment_variable pid("LISTEN_PID", std::to_string(::getpid()));
    CHECK(sd_listen_fds(1) == -ENOSYS);
}

TEST_CASE("without libsystemd, sockets that were passed to another process are no error") {
    const environment_variable pid("LISTEN_PID", "1");
    CHECK(sd_listen_fds(1) == 0);
}

TEST_CASE("without libsystemd, it is an error that somebody waits to be told") {
    CHECK(sd_notify(0, "READY=1") == 0);
    const environment_variable socket("NOTIFY_SOCKET", "/run/systemd/notify");
    CHECK(sd_notify(0, "READY=1") == -ENOSYS);
}

} // namespace
} // namespace pulsegate
