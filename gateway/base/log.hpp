// Structured log lines on standard error, over spdlog. Thread-safe; a line never blocks a worker:
// it is handed to one logging thread, and when that falls behind the oldest waiting lines are
// dropped and counted.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace pulsegate::log {

enum class level { debug, info, warning, error };
enum class format { text, json };

/// One `key=value` of a line. Strings are quoted and escaped as the format needs it.
struct field {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;
};

/// Starts the logging thread. Call once, before the first line; until then lines go out directly as
/// text.
void start(format form, level least);

/// Writes what is waiting and stops the logging thread.
void stop();

/// Writes one line: time, level, `message`, then the fields.
void write(level severity, std::string_view message, std::initializer_list<field> fields = {});

/// True if a line of this severity would be written: to skip the work of preparing it.
[[nodiscard]] bool is_enabled(level severity);

/// Lines dropped so far because the logging thread fell behind.
[[nodiscard]] std::uint64_t dropped();

} // namespace pulsegate::log
