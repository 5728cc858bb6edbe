// How a log line looks, as text and as JSON. Pure: the time is a parameter, nothing is written.
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate::log {

/// The word for a level, in both formats; the same as in `log.level` of gateway.yaml.
[[nodiscard]] std::string_view name_of(level severity);

/// How serious a line is for systemd, in front of it: `<4>` (sd-daemon(3)).
[[nodiscard]] std::string_view priority_of(level severity);

/// True if JOURNAL_STREAM, as systemd sets it, means the file with this device and inode
/// (systemd.exec(5)).
[[nodiscard]] bool is_journal(std::string_view journal_stream, std::uint64_t device,
                              std::uint64_t inode);

/// One line without its line break, and without any other: no value can start a line of its own.
///
/// text: `2026-11-22T20:58:27.123Z info  session ended reason=evicted duration=12.3`, all of it
/// printable ASCII. A value that is empty or holds anything but `!` to `~` without `"`, `=` and `\`
/// stands in quotes, with the escapes \" \\ \n \r \t and \xHH per byte.
///
/// json: one object with `time`, `level`, `message` and the fields; bytes that are not UTF-8 become
/// U+FFFD.
///
/// Time is UTC (RFC 3339) in milliseconds. A floating-point number has at most three decimals from
/// 1 on and six below; one that is not finite is `nan`, `inf` or `-inf` as text and null in JSON.
[[nodiscard]] std::string format_line(format form, std::chrono::system_clock::time_point when,
                                      level severity, std::string_view message,
                                      std::span<const field> fields);

} // namespace pulsegate::log
