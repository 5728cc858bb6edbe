#include "alignment/report.hpp"

#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "config/json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace pulsegate {
namespace {

std::string place_of(const span& where) {
    return where.in->name() + ':' + std::to_string(where.start().line);
}

/// True if plain HTTP has the same limit as WebSockets have by this one.
bool is_for_http_too(const hop& of, const limit& which,
                     const std::vector<route_heartbeat>& heartbeats) {
    if (is_http(which.kind) || which.kind == limit_kind::reload)
        return false;
    const limit* const twin = twin_of(
        of, which, which.kind == limit_kind::idle ? limit_kind::silence : limit_kind::total);
    return twin != nullptr && is_told_by_twin(of, *twin) &&
           !heartbeats_under(*twin, heartbeats).empty();
}

std::string limit_text(const hop& of, const limit& which,
                       const std::vector<route_heartbeat>& heartbeats) {
    const std::string value = format_duration(which.value);
    const std::string also = is_for_http_too(of, which, heartbeats) ? ", HTTP too" : "";
    if (which.kind != limit_kind::idle)
        return std::string(to_string(which.kind)) + ' ' + value + also;
    return "idle " + value + also +
           (which.resets == idle_reset::any         ? ""
            : which.resets == idle_reset::to_client ? ", towards clients"
                                                    : ", from clients");
}

/// The least that an idle limit leaves of all heartbeats it concerns.
std::optional<milliseconds> margin_of(const shared_limit& shared) {
    std::optional<milliseconds> least;
    for (const route_heartbeat* const each : shared.heartbeats) {
        const milliseconds slack = slack_under(*shared.which, *each);
        least = least ? std::min(*least, slack) : slack;
    }
    return shared.which->kind == limit_kind::idle || shared.which->kind == limit_kind::silence
               ? least
               : std::nullopt;
}

std::vector<shared_limit> all_limits(const hop& of,
                                     const std::vector<route_heartbeat>& heartbeats) {
    std::vector<shared_limit> all;
    for (const limit_kind kind : {limit_kind::idle, limit_kind::life, limit_kind::reload,
                                  limit_kind::silence, limit_kind::first_byte, limit_kind::total})
        for (shared_limit& each : shared_limits(of, kind, heartbeats))
            if (!is_http(kind) || !each.heartbeats.empty())
                all.push_back(std::move(each));
    return all;
}

std::string version_text(const chain_hop& of) {
    const auto* const nginx = std::get_if<nginx_reading>(&of.reading);
    if (nginx == nullptr || nginx->main == nullptr)
        return {};
    return of.name + " is read as version " + to_string(nginx->version) +
           (nginx->is_version_assumed ? ", which is assumed: add `version:` beside `config:`\n"
                                      : "\n");
}

/// A sentence in lines of a width that terminals have.
std::string in_lines(std::string_view sentence) {
    constexpr std::size_t widest = 100;
    std::string out;
    while (!sentence.empty()) {
        const std::size_t space =
            sentence.size() <= widest ? sentence.npos : sentence.rfind(' ', widest);
        out += std::string(sentence.substr(0, space)) + '\n';
        sentence.remove_prefix(space == sentence.npos ? sentence.size() : space + 1);
    }
    return out;
}

std::string heartbeats_text(const std::vector<route_heartbeat>& heartbeats) {
    std::string out;
    for (const route_heartbeat& each : heartbeats)
        out += "the gateway pings clients of " + each.route_path + " every " +
               format_duration(each.settings.interval) + " and evicts them after " +
               format_duration(each.settings.timeout) + '\n';
    return out;
}

namespace json = boost::json;

double seconds(milliseconds value) {
    return std::chrono::duration<double>(value).count();
}

json::array margins_to_json(const std::vector<margin>& margins) {
    json::array shown;
    for (const margin& each : margins)
        shown.push_back(json::object{
            {"hop", each.hop}, {"direction", each.direction}, {"seconds", seconds(each.value)}});
    return shown;
}

/// What a limit leaves this route; nothing for a lifetime that nobody plans for, and for the wait
/// for an answer.
std::optional<milliseconds> margin_under(const limit& which, const route_heartbeat& of,
                                         const configuration& values) {
    if (which.kind == limit_kind::idle || which.kind == limit_kind::silence)
        return slack_under(which, of);
    if (which.kind == limit_kind::first_byte)
        return std::nullopt;
    if (values.limits.session_age.count() == 0)
        return std::nullopt;
    return which.value - oldest_session(values.limits.session_age, values.drain.window);
}

json::array limits_to_json(const route_heartbeat& of, const alignment& all,
                           const configuration& values) {
    json::array shown;
    for (const chain_hop& hop : all.proxies.hops) {
        for (const limit_kind kind : {limit_kind::idle, limit_kind::life, limit_kind::silence,
                                      limit_kind::first_byte, limit_kind::total}) {
            for (const shared_limit& shared : shared_limits(hop, kind, all.heartbeats)) {
                if (is_told_by_twin(hop, *shared.which))
                    continue;
                if (std::find(shared.heartbeats.begin(), shared.heartbeats.end(), &of) ==
                    shared.heartbeats.end())
                    continue;
                const limit& which = *shared.which;
                json::object one{
                    {"name", hop.name},
                    {"kind", to_string(kind)},
                    {"direction", to_string(is_http(kind) ? idle_reset::to_client : which.resets)},
                    {"limit_seconds", seconds(which.value)},
                    {"margin_seconds", nullptr},
                    {"from", origin_text(which)}};
                if (const auto left = margin_under(which, of, values))
                    one["margin_seconds"] = seconds(*left);
                shown.push_back(std::move(one));
            }
        }
    }
    return shown;
}

json::array timelines_to_json(const alignment& of, const configuration& values) {
    json::array shown;
    for (const route_heartbeat& each : of.heartbeats) {
        json::object route{{"route", each.route_path},
                           {"interval_seconds", seconds(each.settings.interval)},
                           {"timeout_seconds", seconds(each.settings.timeout)},
                           {"silence_seconds", seconds(each.worst.to_client)},
                           {"eviction_seconds", seconds(each.worst.eviction_end)}};
        route["hops"] = limits_to_json(each, of, values);
        shown.push_back(std::move(route));
    }
    return shown;
}

} // namespace

std::string origin_text(const limit& which) {
    switch (which.origin) {
    case limit_origin::file:
    case limit_origin::declared:
        return place_of(which.where);
    case limit_origin::file_default:
        return "default, " + place_of(which.where);
    case limit_origin::preset:
        return std::string(to_string(which.sure)) + ": " + which.cited;
    }
    return {};
}

std::string format_margin(milliseconds value) {
    std::array<char, 32> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.1fs",
                                     std::chrono::duration<double>(value).count());
    return {text.data(), static_cast<std::size_t>(length)};
}

namespace {

/// The proxy's own name for a limit, and for which of its parts it holds.
std::string option_text(const limit& which) {
    return which.option + (which.place.empty() ? "" : " (" + which.place + ')');
}

} // namespace

std::vector<report_row> report_rows(const alignment& of) {
    std::vector<report_row> rows;
    for (const chain_hop& each : of.proxies.hops) {
        for (const shared_limit& shared : all_limits(each, of.heartbeats)) {
            if (is_told_by_twin(each, *shared.which))
                continue;
            const auto left = margin_of(shared);
            rows.push_back({each.name, limit_text(each, *shared.which, of.heartbeats),
                            option_text(*shared.which), origin_text(*shared.which),
                            left ? format_margin(*left) : ""});
        }
        if (std::all_of(each.limits.begin(), each.limits.end(),
                        [](const limit& one) { return is_http(one.kind); }))
            rows.push_back({each.name, "no known limit", "", place_of(each.where), ""});
    }
    return rows;
}

std::string render_chain(const alignment& of) {
    if (of.proxies.hops.empty())
        return {};
    const std::array columns{&report_row::hop, &report_row::limit, &report_row::option,
                             &report_row::margin, &report_row::from};
    std::vector<report_row> rows = report_rows(of);
    rows.insert(rows.begin(), {"proxy", "limit", "option", "from", "margin"});
    std::array<std::size_t, columns.size()> widest{};
    for (std::size_t i = 0; i < columns.size(); ++i)
        for (const report_row& each : rows)
            widest[i] = std::max(widest[i], count_characters(each.*columns[i]));
    std::string out;
    for (const report_row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& text = row.*columns[i];
            line += text + std::string(widest[i] - count_characters(text) + 2, ' ');
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    for (const chain_hop& each : of.proxies.hops) {
        out += version_text(each);
        out += in_lines(each.remark);
    }
    return out + heartbeats_text(of.heartbeats);
}

boost::json::array chain_to_json(const alignment& of) {
    boost::json::array hops;
    for (const chain_hop& each : of.proxies.hops) {
        boost::json::array limits;
        for (const shared_limit& shared : all_limits(each, of.heartbeats)) {
            const limit& which = *shared.which;
            boost::json::object shown{{"kind", to_string(which.kind)},
                                      {"milliseconds", which.value.count()},
                                      {"option", which.option},
                                      {"from", origin_text(which)}};
            if (which.kind == limit_kind::idle)
                shown["resets"] = to_string(which.resets);
            if (which.origin == limit_origin::preset)
                shown["confidence"] = to_string(which.sure);
            if (const auto left = margin_of(shared))
                shown["margin_milliseconds"] = left->count();
            limits.push_back(std::move(shown));
        }
        boost::json::object shown{{"name", each.name}};
        shown["limits"] = std::move(limits);
        hops.push_back(std::move(shown));
    }
    return hops;
}

std::string render_stop_plans(const std::vector<stop_plan>& plans, milliseconds drain) {
    std::string out;
    for (const stop_plan& each : plans) {
        out += each.name + ": waits ";
        out += each.kill_after ? format_duration(*each.kill_after) + " after the order to stop"
                               : "for ever";
        if (each.is_extended && each.kill_after)
            out += ", longer if the gateway asks for it";
        if (each.before_signal.count() > 0)
            out += ", of which preStop takes " + format_duration(each.before_signal);
        out += "; a drain takes at most " + format_duration(drain) + '\n';
    }
    return out;
}

boost::json::array stop_plans_to_json(const std::vector<stop_plan>& plans, milliseconds drain) {
    boost::json::array out;
    for (const stop_plan& each : plans) {
        boost::json::object shown{{"name", each.name},
                                  {"kill_after_milliseconds", nullptr},
                                  {"before_signal_milliseconds", each.before_signal.count()},
                                  {"is_extended", each.is_extended},
                                  {"drain_milliseconds", drain.count()}};
        if (each.kill_after)
            shown["kill_after_milliseconds"] = each.kill_after->count();
        out.push_back(std::move(shown));
    }
    return out;
}

json::object alignment_to_json(const alignment& of, const load_result& loaded) {
    json::object shown;
    shown["diagnostics"] = diagnostics_to_json(of.diagnostics)["diagnostics"];
    shown["hops"] = chain_to_json(of);
    shown["margins"] = margins_to_json(of.margins);
    shown["timelines"] = timelines_to_json(of, loaded.values);
    return shown;
}

} // namespace pulsegate
