// Reads a whole event stream as a client does, plainly by WHATWG HTML §9.2.6: what events are
// dispatched, and what is set beside them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate::test {

struct dispatched_event {
    std::string type;
    std::string data;
    std::string id; // the last event ID when it was dispatched
    bool operator==(const dispatched_event&) const = default;
};

struct event_reading {
    std::vector<dispatched_event> events;
    std::string retry;
    bool operator==(const event_reading&) const = default;
};

/// Without the byte order mark at the very beginning, which decoding takes away.
inline std::string_view without_mark(std::string_view stream) {
    return stream.substr(stream.starts_with("\xEF\xBB\xBF") ? 3 : 0);
}

/// The lines that have ended, in whichever way.
inline std::vector<std::string> whole_lines(std::string_view stream) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        if (stream[i] != '\r' && stream[i] != '\n') {
            line += stream[i];
            continue;
        }
        if (stream.substr(i, 2) == "\r\n")
            ++i;
        lines.push_back(line);
        line.clear();
    }
    return lines;
}

inline event_reading read_events(std::string_view stream) {
    event_reading result;
    dispatched_event next;
    for (const std::string& line : whole_lines(without_mark(stream))) {
        const std::size_t colon = line.find(':');
        const std::string field = line.substr(0, colon);
        std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
        if (value.starts_with(' '))
            value.erase(0, 1);
        if (line.empty()) {
            if (!next.data.empty()) {
                next.data.pop_back(); // the last of the LFs, one of which each line of data adds
                result.events.push_back(next);
            }
            next = {.type = "", .data = "", .id = next.id};
        } else if (field == "event") {
            next.type = value;
        } else if (field == "data") {
            next.data += value + '\n';
        } else if (field == "id" && value.find('\0') == std::string::npos) {
            next.id = value;
        } else if (field == "retry" && !value.empty() &&
                   value.find_first_not_of("0123456789") == std::string::npos) {
            result.retry = value;
        }
    }
    return result;
}

} // namespace pulsegate::test
