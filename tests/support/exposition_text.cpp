#include "support/exposition_text.hpp"

#include <sstream>
#include <stdexcept>

namespace pulsegate::test {
namespace {

/// One line of the format, read from the left.
class line_reader {
public:
    explicit line_reader(std::string_view line) : line_(line), rest_(line) {}

    [[noreturn]] void fail() const { throw std::runtime_error("malformed: " + std::string(line_)); }

    bool skip(std::string_view expected) {
        if (!rest_.starts_with(expected))
            return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    void need(std::string_view expected) {
        if (!skip(expected))
            fail();
    }
    std::string name() {
        const auto end =
            rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_:");
        if (end == 0 || end == std::string_view::npos)
            fail();
        return take(end);
    }
    std::string quoted() {
        need("\"");
        std::string value;
        while (!skip("\"")) {
            if (rest_.empty())
                fail();
            if (skip("\\n"))
                value += '\n';
            else if (skip("\\\\"))
                value += '\\';
            else if (skip("\\\""))
                value += '"';
            else
                value += take(1);
        }
        return value;
    }
    std::string remainder() { return take(rest_.size()); }

private:
    std::string take(std::size_t size) {
        std::string taken(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view line_;
    std::string_view rest_;
};

exposed_sample parse_sample(line_reader line) {
    exposed_sample sample;
    sample.name = line.name();
    if (line.skip("{")) {
        do {
            const std::string name = line.name();
            line.need("=");
            if (!sample.labels.emplace(name, line.quoted()).second)
                line.fail();
        } while (line.skip(","));
        line.need("}");
    }
    line.need(" ");
    std::size_t used = 0;
    const std::string number = line.remainder();
    sample.value = std::stod(number, &used);
    if (used != number.size())
        line.fail();
    return sample;
}

} // namespace

double exposed_text::at(std::string_view name,
                        const std::map<std::string, std::string>& labels) const {
    std::vector<double> found;
    for (const exposed_sample& each : samples)
        if (each.name == name && each.labels == labels)
            found.push_back(each.value);
    if (found.size() != 1)
        throw std::out_of_range(std::to_string(found.size()) + " samples of " + std::string(name));
    return found.front();
}

exposed_text parse_exposition(std::string_view text) {
    exposed_text result;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        line_reader reader(line);
        auto* heads = reader.skip("# HELP ")   ? &result.help
                      : reader.skip("# TYPE ") ? &result.types
                                               : nullptr;
        if (heads == nullptr) {
            result.samples.push_back(parse_sample(reader));
            continue;
        }
        const std::string name = reader.name();
        reader.need(" ");
        if (!heads->emplace(name, reader.remainder()).second)
            reader.fail(); // twice
    }
    return result;
}

snapshot distinct_snapshot() {
    std::uint64_t next = 1;
    const auto fill = [&next](auto& values) {
        for (auto& each : values)
            each = next++;
    };
    snapshot shown;
    shown.routes = {"/", "/odd \"path\\\"\nof\xFFtwo lines"};
    shown.total.routes.resize(2);
    for (route_counters& each : shown.total.routes) {
        each.live = next++;
        each.opened = next++;
        fill(each.closed);
        fill(each.rejected);
        fill(each.app_errors);
        fill(each.relay.pings_sent);
        fill(each.relay.pongs_received);
        fill(each.relay.messages);
        fill(each.relay.bytes);
        each.relay.pending_bytes = next++;
        fill(each.relay.ping_rtt.counts);
        fill(each.app_dial.counts);
        each.relay.ping_rtt.sum = 0.125 * static_cast<double>(next);
        each.app_dial.sum = 0.25 * static_cast<double>(next);
    }
    fill(shown.total.rejected);
    shown.total.accept_errors = next++;
    shown.total.handshakes_live = next++;
    shown.total.losses_not_compared = next++;
    fill(shown.total.event_loop_lag.counts);
    fill(shown.total.connection_duration.counts);
    fill(shown.total.idle_at_close.counts);
    shown.total.event_loop_lag.sum = 0.5;
    shown.total.connection_duration.sum = 1234567.25;
    shown.total.idle_at_close.sum = 98765.5;
    shown.workers = 8;
    shown.workers_answered = 7;
    shown.connections_limit = next++;
    shown.drain_ends_seconds = 1795381200.75;
    shown.log_lines_dropped = next++;
    shown.process = {1001, 100000, 1ull << 33, 12.5, 1795381107.25};
    shown.margins = {{"edge", "to_client", 34.9}, {"edge", "to_gateway", -5.5}};
    shown.alignment_errors = 3;
    shown.alignment_warnings = 4;
    shown.cuts_by_hop = {{"edge", 21}, {"undeclared", 22}};
    shown.certificates = {{"a.pem", 1795400000}, {"b.pem", 1795500000}};
    shown.reloads_succeeded = 11;
    shown.reloads_failed = 12;
    shown.is_last_reload_successful = false;
    shown.last_reload_success_seconds = 1795381100.5;
    return shown;
}

} // namespace pulsegate::test
