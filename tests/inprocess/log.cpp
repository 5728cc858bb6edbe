// The log on a real standard error: nothing is lost in good times, nobody waits in bad ones.
#include "base/log.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace pulsegate {
namespace {

/// Standard error as a pipe that is read only when the test says so.
class piped_stderr {
public:
    piped_stderr() : kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
        std::array<int, 2> ends{};
        REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
        reading_ = ends[0];
    }

    /// Gives standard error back and returns what has not been read yet.
    std::vector<std::string> finish() {
        restore();
        if (reader_.joinable())
            reader_.join();
        else
            read_all();
        std::vector<std::string> lines;
        for (std::size_t start = 0, end; (end = text_.find('\n', start)) != std::string::npos;
             start = end + 1)
            lines.push_back(text_.substr(start, end - start));
        return lines;
    }

    void start_reading() {
        reader_ = std::thread([this] { read_all(); });
    }

    ~piped_stderr() {
        restore();
        if (reader_.joinable())
            reader_.join();
        close(reading_);
    }

private:
    void restore() {
        if (kept_ < 0)
            return;
        dup2(kept_, STDERR_FILENO);
        close(kept_);
        kept_ = -1;
    }

    void read_all() {
        std::array<char, 65536> bytes;
        ssize_t size = 0;
        while ((size = ::read(reading_, bytes.data(), bytes.size())) > 0)
            text_.append(bytes.data(), static_cast<std::size_t>(size));
    }

    int kept_;
    int reading_ = -1;
    std::thread reader_;
    std::string text_;
};

/// Lines end with ` n=<number>`.
std::size_t number_of(const std::string& line) {
    return std::stoul(line.substr(line.rfind("n=") + 2));
}

} // namespace

TEST_CASE("before start() and after stop() lines go out directly; between them they lose nothing") {
    piped_stderr pipe;
    log::stop(); // never started
    log::write(log::level::info, "early", {{"n", 0}});
    log::write(log::level::debug, "too detailed");
    log::start(log::format::text, log::level::debug);
    log::start(log::format::text, log::level::warning); // only changes the level
    CHECK(!log::is_enabled(log::level::info));
    CHECK(log::is_enabled(log::level::warning));
    log::write(log::level::info, "hidden");
    for (int i = 1; i <= 100; ++i)
        log::write(log::level::warning, "waiting", {{"n", i}});
    log::stop();
    log::stop();
    log::write(log::level::error, "late", {{"n", 101}});
    const auto lines = pipe.finish();
    REQUIRE(lines.size() == 102);
    for (std::size_t i = 0; i < lines.size(); ++i)
        CHECK(number_of(lines[i]) == i);
    CHECK(lines[0].find(" info  early n=0") != std::string::npos);
    CHECK(lines[1].find(" warning waiting n=1") != std::string::npos);
}

TEST_CASE("lines of several threads are whole, and those of each are in order") {
    piped_stderr pipe;
    pipe.start_reading();
    log::start(log::format::json, log::level::info);
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([writer] {
            for (int i = 0; i < 500; ++i)
                log::write(log::level::info, "m", {{"writer", writer}, {"n", i}});
        });
    for (std::thread& each : writers)
        each.join();
    log::stop();
    std::array<std::int64_t, 4> next{};
    for (const std::string& line : pipe.finish()) {
        const auto object = boost::json::parse(line).as_object();
        auto& expected = next[object.at("writer").to_number<std::size_t>()];
        CHECK(object.at("n").as_int64() == expected++);
    }
    for (const std::int64_t each : next)
        CHECK(each == 500);
    log::start(log::format::text, log::level::info);
    log::stop();
}

TEST_CASE("stop() does not wait for ever for a standard error that takes nothing") {
    constexpr std::size_t written = 3'000;
    const std::uint64_t dropped_before = log::dropped();
    piped_stderr pipe; // its buffer is full after 64 KiB
    log::start(log::format::text, log::level::info);
    for (std::size_t i = 0; i < written; ++i)
        log::write(log::level::info, "nobody reads this", {{"n", i}});
    const auto began = std::chrono::steady_clock::now();
    log::stop(std::chrono::milliseconds(300)); // would never end if it waited
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(300));
    const std::uint64_t dropped = log::dropped() - dropped_before;
    const auto lines = pipe.finish();
    CHECK(lines.size() + dropped == written);
    CHECK(!lines.empty());
    for (std::size_t i = 0; i < lines.size(); ++i)
        CHECK(number_of(lines[i]) == i); // and no half line among them
}

TEST_CASE(
    "a standard error that takes nothing blocks no writer; the oldest lines are lost and counted") {
    constexpr std::size_t written = 30'000;
    const std::uint64_t dropped_before = log::dropped();
    piped_stderr pipe; // its buffer is full after 64 KiB
    log::start(log::format::text, log::level::info);
    for (std::size_t i = 0; i < written; ++i) // would never end if one of them waited
        log::write(log::level::info, "nobody reads this", {{"n", i}});
    CHECK(log::dropped() > dropped_before);

    pipe.start_reading();
    log::stop();
    const std::uint64_t dropped = log::dropped() - dropped_before;
    const auto lines = pipe.finish();
    CHECK(lines.size() + dropped == written);
    CHECK(number_of(lines.back()) == written - 1);
}

TEST_CASE("stop() while others write neither hangs nor loses their lines") {
    for (int round = 0; round < 20; ++round) {
        const std::uint64_t dropped_before = log::dropped();
        piped_stderr pipe;
        pipe.start_reading();
        log::start(log::format::text, log::level::info);
        std::vector<std::thread> writers;
        for (int writer = 0; writer < 2; ++writer)
            writers.emplace_back([] {
                for (int i = 0; i < 300; ++i)
                    log::write(log::level::info, "m", {{"n", i}});
            });
        log::stop();
        for (std::thread& each : writers)
            each.join();
        CHECK(pipe.finish().size() + (log::dropped() - dropped_before) == 600);
    }
}

} // namespace pulsegate
