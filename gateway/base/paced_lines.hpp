// How much a log says of like events, of which a crowd may bring thousands: the first few lines,
// and from then on how many more there were, until there are none for a while. What makes lines
// alike is a message with some words, such as the reason of a refusal. Pure; one thread at a time.
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pulsegate::log {

/// `key=text`: what like lines have in common.
struct common_word {
    std::string_view key;
    std::string_view text;
};

class paced_lines {
public:
    /// How many lines of a kind are written before the others are counted.
    static constexpr unsigned at_once = 5;

    /// From the first line that is counted until the count is told; and the same from then on.
    static constexpr std::chrono::seconds until_first_count{10};
    static constexpr std::chrono::seconds until_next_count{60};

    /// After so long without a line of its kind, the next one is written again.
    static constexpr std::chrono::seconds quiet{10};

    /// How many kinds are told apart; what comes beyond is one kind, that of all others. Peers may
    /// have a say in the words.
    static constexpr std::size_t most_kinds = 256;

    /// True if the line is to be written; else it is counted.
    [[nodiscard]] bool on_line(level severity, std::string_view message,
                               std::span<const common_word> words, time_point now);

    /// So many more lines like this one.
    struct count {
        level severity = level::info;
        std::string message;
        std::vector<std::pair<std::string, std::string>> words;
        std::uint64_t lines = 0; // > 0
        duration over{};         // the time in which they came
    };

    /// The counts that are to be told now; with `all`, those that are not due yet as well.
    [[nodiscard]] std::vector<count> take_counts(time_point now, bool all = false);

    [[nodiscard]] std::size_t kinds() const { return kinds_.size(); }

private:
    struct kind {
        count told_of; // `lines` are those that were not told yet
        unsigned written = 0;
        bool is_counted_already = false; // a count was told
        time_point counting_since{};     // of the first line that was not told yet
        time_point last{};
    };

    std::map<std::string, kind, std::less<>> kinds_; // by message and words
};

} // namespace pulsegate::log
