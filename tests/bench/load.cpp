// The load generator of the benchmark: a WebSocket client with many connections in one thread.
// Prints JSON on standard output, one object a line.
//
//     bench_load run --target PORT --connections N --in-flight M --message-bytes B
//                    --opcode text|binary --writes each|together
//                    --warm-up-ms T --measure-ms T --cpu-of PID,PID
//         keeps M messages in flight on each connection, and prints what the measured time saw and
//         how much processor time those processes used in it.
//     bench_load rate --rate MESSAGES_PER_SECOND (and what `run` takes)
//         the same with messages that leave at fixed times, in turn on each connection, whatever
//         has come back; latencies count from those times. --in-flight bounds a connection.
//     bench_load read (and what `run` takes)
//         the same with an application that publishes: connections send nothing and count what
//         comes.
//     bench_load open (and what `run` takes)
//         opens connections and closes them at once, N at a time; a round trip is a whole life.
//     bench_load idle --target PORT --connections N --message-bytes B
//         opens the connections, sends one message on each, then only answers pings until standard
//         input ends or SIGTERM comes. Prints {"event":"idle"} once all echoes are back,
//         {"event":"pinged"} once every connection has been pinged, {"event":"closed"} at the end.
//
// Exit: 0 every message came back as it was sent; 1 one did not, or a connection was lost; 2 bad
// usage.
#include "bench/cpu_time.hpp"
#include "bench/load_engine.hpp"
#include "bench/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/signalfd.h>
#include <unistd.h>
#include <vector>

namespace pulsegate::bench {

namespace {

/// True for `second`, false for `first` or if the option is absent. Throws usage_error for all
/// else.
bool is_second(const options& given, std::string_view name, const std::string& first,
               const std::string& second) {
    const std::string wanted = given.text(name).value_or(first);
    if (wanted != first && wanted != second) {
        throw usage_error("`--" + std::string(name) + " " + wanted + "` must be " + first + " or " +
                          second);
    }
    return wanted == second;
}

load_settings settings_of(std::string_view mode, const options& given) {
    load_settings settings;
    settings.port = given.port("target");
    settings.connections = static_cast<std::uint32_t>(given.number("connections", 1, 100'000));
    settings.in_flight = static_cast<std::uint32_t>(given.number("in-flight", 1, 10'000, 1));
    settings.message_bytes =
        given.number("message-bytes", message_pattern::min_bytes, 1024 * 1024, 64);
    settings.only_reads = mode == "read";
    settings.message_opcode =
        is_second(given, "opcode", "text", "binary") ? opcode::binary : opcode::text;
    settings.writes_together = is_second(given, "writes", "each", "together");
    return settings;
}

std::vector<pid_t> processes_of(const options& given) {
    std::vector<pid_t> processes;
    const std::string list = given.text("cpu-of").value_or("");
    const char* at = list.data();
    const char* const end = at + list.size();
    while (at < end) {
        pid_t process = 0;
        const auto [stopped, error] = std::from_chars(at, end, process);
        if (error != std::errc{} || (stopped != end && *stopped != ',')) {
            throw usage_error("`--cpu-of " + list + "` must be process numbers, with commas");
        }
        processes.push_back(process);
        at = stopped == end ? end : stopped + 1;
    }
    return processes;
}

std::chrono::nanoseconds cpu_time_of_all(const std::vector<pid_t>& processes) {
    std::chrono::nanoseconds sum{0};
    for (const pid_t process : processes) {
        sum += cpu_time_of(process);
    }
    return sum;
}

double seconds_of(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

double percentile_us(const histogram& latency, double share) {
    return static_cast<double>(latency.percentile(share)) / 1000;
}

void print_measured(const load_observation& seen, std::chrono::nanoseconds wall,
                    std::chrono::nanoseconds cpu, std::chrono::nanoseconds own_cpu) {
    const histogram& latency = seen.latency;
    const auto round_trips = static_cast<double>(seen.round_trips);
    std::printf("{\"seconds\":%.6f,\"round_trips\":%.0f,\"round_trips_per_second\":%.1f,"
                "\"cpu_seconds\":%.9f,\"load_cpu_seconds\":%.9f,\"pings\":%llu,"
                "\"latency_us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p99_9\":%.1f,"
                "\"max\":%.1f}}\n",
                seconds_of(wall), round_trips, round_trips / seconds_of(wall), seconds_of(cpu),
                seconds_of(own_cpu), static_cast<unsigned long long>(seen.pings),
                percentile_us(latency, 0.5), percentile_us(latency, 0.9),
                percentile_us(latency, 0.99), percentile_us(latency, 0.999),
                static_cast<double>(latency.max()) / 1000);
}

/// Puts one of the measured loads on the connections until the clock says `end`.
void put_load(std::string_view mode, const options& given, load_engine& engine,
              clock::time_point end) {
    if (mode == "rate") {
        engine.run_at_rate(given.number("rate", 1, 10'000'000), end);
    } else if (mode == "open") {
        engine.run_openings(end);
    } else {
        engine.run_until(end);
    }
}

void measure(std::string_view mode, const options& given) {
    const std::chrono::milliseconds warm_up(given.number("warm-up-ms", 0, 3'600'000, 1000));
    const std::chrono::milliseconds measured(given.number("measure-ms", 1, 3'600'000, 3000));
    const std::vector<pid_t> processes = processes_of(given);
    load_engine engine(settings_of(mode, given));
    load_state& state = engine.state();

    if (mode != "open") {
        engine.open_all();
    }
    if (mode == "run") {
        engine.allow(UINT32_MAX);
    }
    put_load(mode, given, engine, clock::now() + warm_up);

    state.seen = {};
    const auto began = clock::now();
    const auto cpu_before = cpu_time_of_all(processes);
    const auto own_before = cpu_time_of(::getpid());
    put_load(mode, given, engine, began + measured);
    const auto own_cpu = cpu_time_of(::getpid()) - own_before;
    const auto cpu = cpu_time_of_all(processes) - cpu_before;
    const auto wall = clock::now() - began;
    const load_observation seen = state.seen;

    if (mode != "open") { // what is under way there is neither a loss nor of interest
        engine.drain();
        engine.close_all();
    }
    print_measured(seen, wall, cpu, own_cpu);
}

/// A descriptor that becomes readable with SIGTERM or SIGINT, which no longer end the process.
int signals_as_descriptor() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

bool is_readable(int descriptor) {
    pollfd asked{descriptor, POLLIN, 0};
    return ::poll(&asked, 1, 0) > 0;
}

void say(const char* event, const load_state& state) {
    std::printf("{\"event\":\"%s\",\"connections\":%u}\n", event, state.open);
    std::fflush(stdout);
}

void idle(const options& given) {
    constexpr std::chrono::seconds echo_patience{30};
    constexpr std::chrono::hours hold_at_most{24};
    const int signals = signals_as_descriptor();
    load_engine engine(settings_of("idle", given));
    load_state& state = engine.state();
    engine.also_watch(signals);
    engine.also_watch(STDIN_FILENO);

    engine.open_all();
    engine.allow(1);
    engine.run_until([&] { return state.outstanding == 0; }, echo_patience,
                     "some messages never came back");
    say("idle", state);

    const auto told_to_stop = [&] { return is_readable(signals) || is_readable(STDIN_FILENO); };
    const auto all_pinged = [&] { return state.pinged == state.settings.connections; };
    engine.run_until([&] { return told_to_stop() || all_pinged(); }, hold_at_most,
                     "nobody ended the run");
    if (all_pinged()) {
        say("pinged", state);
        engine.run_until(told_to_stop, hold_at_most, "nobody ended the run");
    }
    engine.close_all();
    say("closed", state);
}

} // namespace

} // namespace pulsegate::bench

int main(int argc, char** argv) {
    using namespace pulsegate::bench;
    try {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        constexpr std::array<std::string_view, 5> modes{"run", "rate", "read", "open", "idle"};
        if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
            throw usage_error("the first argument must be run, rate, read, open or idle");
        }
        const options given(std::span(argv, static_cast<std::size_t>(argc)).subspan(2),
                            {"target", "connections", "in-flight", "message-bytes", "opcode",
                             "writes", "rate", "warm-up-ms", "measure-ms", "cpu-of"});
        mode == "idle" ? idle(given) : measure(mode, given);
        return 0;
    } catch (const usage_error& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
