#include "metrics/process_figures.hpp"

#include <doctest/doctest.h>

#include <ctime>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace pulsegate;

TEST_CASE("each way of counting descriptors sees those that are opened and closed") {
    for (const auto count : {open_fds_by_size, open_fds_by_poll}) {
        const auto before = count();
        if (count == open_fds_by_size && !before)
            continue; // a kernel before 6.2
        REQUIRE(before.has_value());

        std::vector<int> opened;
        for (int i = 0; i < 300; ++i)
            opened.push_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
        CHECK(count() == *before + 300);
        for (const int descriptor : opened)
            close(descriptor);
        CHECK(count() == *before);
    }
}

TEST_CASE("descriptors above a limit that was lowered later are counted too") {
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    const int high = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 700);
    REQUIRE(high >= 700);
    const auto before = open_fds_by_poll();
    REQUIRE(before.has_value());

    rlimit lower = limit;
    lower.rlim_cur = 512;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &lower) == 0);
    CHECK(open_fds_by_poll() == before);
    CHECK(read_process_figures().max_fds == 512);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    close(high);
}

TEST_CASE("the process has memory, has used CPU time and started in the recent past") {
    const process_figures first = read_process_figures();
    REQUIRE(first.resident_bytes.has_value());
    CHECK(*first.resident_bytes > 500'000);
    REQUIRE(first.open_fds.has_value());
    CHECK(*first.open_fds >= 3);

    REQUIRE(first.start_time_seconds.has_value());
    const auto now = static_cast<double>(std::time(nullptr));
    CHECK(*first.start_time_seconds <= now + 1);
    CHECK(*first.start_time_seconds > now - 3600);

    const process_figures second = read_process_figures();
    CHECK(second.start_time_seconds == first.start_time_seconds);
    REQUIRE((first.cpu_seconds && second.cpu_seconds));
    CHECK(*second.cpu_seconds >= *first.cpu_seconds);
    CHECK(*second.cpu_seconds > 0);
}
