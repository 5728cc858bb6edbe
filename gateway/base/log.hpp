// Structured log lines on standard error, over spdlog; with systemd's priorities where that leads
// to its journal. Thread-safe; a line never blocks a worker:
// it is handed to one logging thread, and when that falls behind the oldest waiting lines are
// dropped and counted.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

namespace pulsegate::log {

enum class level { debug, info, warning, error };
enum class format { text, json };

/// One `key=value` of a line. Strings are quoted and escaped as the format needs it, so a value may
/// hold whatever a peer sent; the key is the program's own word. Both are only looked at during the
/// call.
struct field {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

    field(std::string_view name, std::string_view text) : key(name), value(text) {}
    field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
    field(std::string_view name, double number) : key(name), value(number) {}
    field(std::string_view name, bool flag) : key(name), value(flag) {}
    template <std::integral Integer>
    field(std::string_view name, Integer number) : key(name) {
        if constexpr (std::is_signed_v<Integer>)
            value = std::int64_t{number};
        else
            value = std::uint64_t{number};
    }
};

/// Starts the logging thread; lines less severe than `least` are left out. Before the first start
/// (as text, from info on) and after stop(), lines are written by the thread that calls write(). If
/// the logging thread runs already, only the format and the level change. Throws spdlog::spdlog_ex
/// or std::system_error if there can be no thread.
void start(format form, level least);

/// Writes what is waiting and stops the logging thread. Does nothing if the thread is not running.
/// \param longest  how long standard error may take to accept it, such as a pipe that nobody reads;
///                 what it has not taken by then is dropped and counted.
void stop(std::chrono::milliseconds longest = std::chrono::seconds(2));

/// Writes one line: time, level, `message`, then the fields in their order. `message` is the
/// program's own text. Lines of one thread stay in order.
void write(level severity, std::string_view message, std::span<const field> fields);
void write(level severity, std::string_view message, std::initializer_list<field> fields = {});

/// The format that is in use, or would be with the first start().
[[nodiscard]] format chosen();

/// What is to stand in front of each line of this severity on standard error: a priority for the
/// journal of systemd, or nothing.
[[nodiscard]] std::string_view prefix(level severity);

/// True if a line of this severity would be written: to skip the work of preparing it.
[[nodiscard]] bool is_enabled(level severity);

/// Lines dropped so far because the logging thread fell behind, or could not end otherwise. Never
/// goes down, not even over stop().
[[nodiscard]] std::uint64_t dropped();

} // namespace pulsegate::log
