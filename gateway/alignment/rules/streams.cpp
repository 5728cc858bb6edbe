// PG346, PG347, PG352: limits of proxies on plain HTTP, which heartbeats of event streams, planned
// ends or `answer` do not keep away from.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

/// True if what is said of `each` is said of `twin` too: they are the same directive, or the same
/// setting mends both.
bool stands_for(const limit& each, const limit& twin) {
    return each.kind == twin.kind &&
           (is_same_place(each.where, twin.where) ||
            (!twin.goes_into.empty() && each.goes_into == twin.goes_into &&
             each.setting == twin.setting));
}

/// What was said already of the same setting as a limit of WebSockets; null if nothing was.
diagnostic* said_of_websockets(const hop& of, const limit& http, limit_kind kind,
                               std::initializer_list<hop_code> codes, findings& out) {
    const limit* const twin = twin_of(of, http, kind);
    if (twin == nullptr)
        return nullptr;
    const auto found = std::find_if(out.begin(), out.end(), [&](const diagnostic& said) {
        return std::any_of(codes.begin(), codes.end(),
                           [&](hop_code code) { return said.id == code; }) &&
               std::any_of(of.limits.begin(), of.limits.end(), [&](const limit& each) {
                   return is_same_place(said.primary.where, each.where) && stands_for(each, *twin);
               });
    });
    return found == out.end() ? nullptr : &*found;
}

/// One finding is enough, if its cure mends both. That of a HAProxy is `timeout tunnel`, which
/// answers know nothing of.
void add_cure(diagnostic& said, const hop& of, const limit& silence, const route_heartbeat& worst) {
    const limit* const twin = twin_of(of, silence, limit_kind::idle);
    if (twin == nullptr || twin->setting == silence.setting)
        return;
    if (!is_same_place(said.primary.where, silence.where))
        said.others.push_back({silence.where, describe(silence)});
    const milliseconds enough = round_up(worst.worst.stream + wanted_slack);
    said.help += "\nand for event streams, set " + quoted(setting_text(silence, enough));
}

void check_silence(const hop& of, const shared_limit& shared, findings& out) {
    const limit& silence = *shared.which;
    const route_heartbeat* worst = nullptr;
    for (const route_heartbeat* const each : shared.heartbeats)
        if (worst == nullptr || each->worst.stream > worst->worst.stream)
            worst = each;
    if (worst == nullptr || slack_under(silence, *worst) > 0ms)
        return;
    if (diagnostic* const said = said_of_websockets(
            of, silence, limit_kind::idle,
            {hop_code::idle_cut, hop_code::idle_tight, hop_code::idle_may_cut}, out))
        return add_cure(*said, of, silence, *worst);
    diagnostic what{hop_code::stream_cut,
                    of.name + " cuts a quiet event stream " +
                        (silence.value <= worst->settings.interval ? "between two comments"
                                                                   : "when a comment comes late"),
                    {silence.where, describe(silence)},
                    {},
                    idle_cure(of, silence, *worst)};
    if (!silence.only_if.empty()) {
        what.message += ", for some requests";
        what.primary.text += ", " + quoted(silence.only_if);
    }
    for (const route_heartbeat* const each : shared.heartbeats)
        if (slack_under(silence, *each) <= 0ms)
            explain(what, each->interval,
                    "a quiet event stream gets a comment every " +
                        format_duration(each->settings.interval));
    out.push_back(std::move(what));
}

void check_total(const hop& of, const shared_limit& shared, const load_result& loaded,
                 findings& out) {
    const limit& total = *shared.which;
    const milliseconds age = loaded.values.limits.session_age;
    const milliseconds planned_end = oldest_session(age, loaded.values.drain.window);
    if (shared.heartbeats.empty() || (age > 0ms && planned_end < total.value) ||
        said_of_websockets(of, total, limit_kind::life,
                           {hop_code::life_too_short, hop_code::life_cut}, out) != nullptr)
        return;
    diagnostic what{hop_code::answer_total,
                    of.name + " ends every event stream at an age: no heartbeat helps",
                    {total.where, describe(total)},
                    {},
                    life_cure(of, total, loaded.values)};
    const auto set_age = loaded.origins.find("limits.session_age");
    if (set_age != loaded.origins.end() && age > 0ms)
        what.others.push_back(
            {set_age->second.value, "streams end up to " + format_duration(planned_end) + " old"});
    out.push_back(std::move(what));
}

/// Reported where somebody has chosen the gateway's limit.
void check_answer(const hop& of, const shared_limit& shared, findings& out) {
    const limit& first = *shared.which;
    for (const route_heartbeat* const each : shared.heartbeats) {
        if (each->answer_at == nullptr || each->answer == http_settings().answer ||
            each->answer <= first.value)
            continue;
        out.push_back({hop_code::first_byte,
                       of.name + " gives an answer up before the gateway does",
                       {each->answer_at->value, "the application may take this long to begin one"},
                       {{first.where, describe(first)}},
                       raise_text(of, first, round_up(each->answer + 1s))});
    }
}

} // namespace

void check_streams(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::silence, in.heartbeats))
            check_silence(each, shared, out);
        for (const shared_limit& shared : shared_limits(each, limit_kind::total, in.heartbeats))
            check_total(each, shared, in.loaded, out);
    }
}

void check_answers(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        auto first = shared_limits(each, limit_kind::first_byte, in.heartbeats);
        if (first.empty())
            first = shared_limits(each, limit_kind::silence, in.heartbeats);
        for (const shared_limit& shared : first)
            check_answer(each, shared, out);
    }
}

} // namespace pulsegate
