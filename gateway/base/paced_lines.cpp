#include "base/paced_lines.hpp"

namespace pulsegate::log {
namespace {

constexpr std::string_view others = "other lines";

std::string name_of(std::string_view message, std::span<const common_word> words) {
    std::string name(message);
    for (const common_word& each : words)
        name.append(1, '\n').append(each.key).append(1, '=').append(each.text);
    return name;
}

} // namespace

bool paced_lines::on_line(level severity, std::string_view message,
                          std::span<const common_word> words, time_point now) {
    std::string name = name_of(message, words);
    auto found = kinds_.find(name);
    if (found == kinds_.end()) {
        const bool is_one_too_many = kinds_.size() >= most_kinds;
        if (is_one_too_many) {
            name = others;
            message = others;
            words = {};
        }
        found = kinds_.try_emplace(std::move(name)).first;
        kind& added = found->second;
        if (added.told_of.message.empty()) {
            added.told_of.severity = severity;
            added.told_of.message = message;
            for (const common_word& each : words)
                added.told_of.words.emplace_back(each.key, each.text);
        }
    }
    kind& one = found->second;
    one.last = now;
    if (one.written < at_once) {
        ++one.written;
        return true;
    }
    if (one.told_of.lines++ == 0)
        one.counting_since = now;
    return false;
}

std::vector<paced_lines::count> paced_lines::take_counts(time_point now, bool all) {
    std::vector<count> due;
    for (auto at = kinds_.begin(); at != kinds_.end();) {
        kind& one = at->second;
        const duration patience =
            one.is_counted_already ? duration(until_next_count) : duration(until_first_count);
        if (one.told_of.lines > 0 && (all || now - one.counting_since >= patience)) {
            one.told_of.over = now - one.counting_since;
            due.push_back(one.told_of);
            one.told_of.lines = 0;
            one.is_counted_already = true;
        }
        const bool is_over = one.told_of.lines == 0 && now - one.last >= quiet;
        at = is_over ? kinds_.erase(at) : std::next(at);
    }
    return due;
}

} // namespace pulsegate::log
