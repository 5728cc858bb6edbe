#include "base/paced_log.hpp"

#include <mutex>
#include <vector>

namespace pulsegate::log {
namespace {

std::mutex lines_guard;
paced_lines lines; // under `lines_guard`

} // namespace

void write_paced(level severity, std::string_view message, std::initializer_list<common_word> words,
                 std::initializer_list<field> own) {
    write_paced(severity, message, std::span(words.begin(), words.size()),
                std::span(own.begin(), own.size()));
}

void write_paced(level severity, std::string_view message, std::span<const common_word> words,
                 std::span<const field> own) {
    if (!is_enabled(severity))
        return;
    {
        const std::lock_guard lock(lines_guard);
        if (!lines.on_line(severity, message, words, clock::now()))
            return;
    }
    std::vector<field> all;
    all.reserve(words.size() + own.size());
    for (const common_word& each : words)
        all.emplace_back(each.key, each.text);
    all.insert(all.end(), own.begin(), own.end());
    write(severity, message, all);
}

void tell_counts(bool all) {
    std::vector<paced_lines::count> due;
    {
        const std::lock_guard lock(lines_guard);
        due = lines.take_counts(clock::now(), all);
    }
    for (const paced_lines::count& each : due) {
        std::vector<field> fields;
        for (const auto& [key, text] : each.words)
            fields.emplace_back(key, text);
        fields.emplace_back("more", each.lines);
        fields.emplace_back("seconds", std::chrono::duration<double>(each.over).count());
        write(each.severity, each.message, fields);
    }
}

} // namespace pulsegate::log
