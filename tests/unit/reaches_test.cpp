#include "alignment/hop.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

TEST_CASE("a target reaches a listener by its address, a wildcard, or a name that may be it") {
    struct row {
        std::string_view target;
        std::string_view listener;
        bool reached;
    };
    constexpr std::array<row, 22> rows{{{"127.0.0.1", "127.0.0.1", true},
                                        {"127.0.0.2", "127.0.0.1", false},
                                        {"localhost", "127.0.0.1", true},
                                        {"LocalHost", "::1", true},
                                        {"localhost", "127.0.0.2", false},
                                        {"localhost", "10.0.0.5", false},
                                        {"0:0::1", "::1", true},
                                        {"10.0.0.5", "0.0.0.0", true},
                                        {"pulsegate", "0.0.0.0", true},
                                        {"2001:db8::1", "::", true},
                                        {"10.0.0.5", "10.0.0.5", true},
                                        {"10.0.0.6", "10.0.0.5", false},
                                        {"pulsegate", "10.0.0.5", true},
                                        {"pulsegate", "127.0.0.1", false},
                                        {"::ffff:10.0.0.5", "10.0.0.5", true},
                                        {"localhos", "127.0.0.1", false},
                                        {"0.0.0.0", "127.0.0.1", true},
                                        {"0.0.0.0", "10.0.0.5", false},
                                        {"0.0.0.0", "::1", false},
                                        {"::", "::1", true},
                                        {"IP6-localhost", "::1", true},
                                        {"ip6-loopback", "127.0.0.1", false}}};
    for (const row& each : rows) {
        CAPTURE(each.target);
        CAPTURE(each.listener);
        const tcp_address target{std::string(each.target), 8081};
        CHECK(reaches(target, tcp_address{std::string(each.listener), 8081}) == each.reached);
        CHECK_FALSE(reaches(target, tcp_address{std::string(each.listener), 8082}));
    }
}

TEST_CASE("a target on a port that the kernel chooses is never known to reach the listener") {
    CHECK_FALSE(reaches(tcp_address{"127.0.0.1", 0}, tcp_address{"127.0.0.1", 0}));
}

TEST_CASE("a Unix socket is reached by its path only") {
    const socket_address listener = unix_address{"/run/pulsegate.sock"};
    CHECK(reaches(unix_address{"/run/pulsegate.sock"}, listener));
    CHECK_FALSE(reaches(unix_address{"/run/other.sock"}, listener));
    CHECK_FALSE(reaches(tcp_address{"127.0.0.1", 8081}, listener));
}

TEST_CASE("the first listener that is reached is the one that is named") {
    const std::array<socket_address, 3> listeners{
        tcp_address{"127.0.0.1", 8081}, unix_address{"/run/a"}, tcp_address{"0.0.0.0", 8082}};
    CHECK(reached_listener(tcp_address{"10.0.0.1", 8082}, listeners) == 2);
    CHECK(reached_listener(unix_address{"/run/a"}, listeners) == 1);
    CHECK_FALSE(reached_listener(tcp_address{"10.0.0.1", 8081}, listeners).has_value());
}

TEST_CASE("a name of /etc/hosts is one of its addresses, whatever its case") {
    const hosts_file names = hosts_file::parse("127.0.0.1\tlocalhost\n# 10.0.0.1 quiet\n"
                                               "10.0.0.5 App app.internal # old 10.0.0.6\n"
                                               "nonsense name\n127.0.1.1 box\n::1 app");
    const auto at = [](const char* host) { return tcp_address{host, 8081}; };
    CHECK(reaches(at("APP"), at("10.0.0.5"), names));
    CHECK(reaches(at("app"), at("::1"), names));
    CHECK(reaches(at("app.internal."), at("10.0.0.5"), names));
    CHECK(reaches(at("app.internal"), at("10.0.0.6"), names)); // to another machine, maybe
    CHECK_FALSE(reaches(at("box"), at("127.0.0.1"), names));
    CHECK(reaches(at("localhost"), at("::1"), names)); // not in the file, and known all the same
    CHECK(names.addresses("quiet").empty());
    CHECK(names.addresses("name").empty());
}

TEST_CASE("of a name that nobody knows only a name server can say whether it is loopback") {
    const hosts_file names = hosts_file::parse("10.0.0.5 app\n");
    const auto at = [](const char* host) { return tcp_address{host, 8081}; };
    CHECK(may_reach(at("gateway.internal"), at("127.0.0.1"), names));
    CHECK_FALSE(may_reach(at("app"), at("127.0.0.1"), names));
    CHECK_FALSE(may_reach(at("127.0.0.2"), at("127.0.0.1"), names));
    CHECK_FALSE(may_reach(at("gateway.internal"), tcp_address{"127.0.0.1", 8082}, names));
    CHECK_FALSE(may_reach(at("gateway.internal"), unix_address{"/run/a"}, names));
}
