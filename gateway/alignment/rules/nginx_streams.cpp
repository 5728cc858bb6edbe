// PG348 to PG350: an Nginx that holds event streams back, although the gateway asks it not to.
#include "alignment/codes.hpp"
#include "alignment/presets.hpp"
#include "alignment/rules/rules.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

bool passes_http(const nginx_passage& passage, const rule_input& in) {
    return std::any_of(passage.routes.begin(), passage.routes.end(), [&](std::size_t route) {
        return route < in.heartbeats.size() && in.heartbeats[route].passes_http;
    });
}

/// Why an answer that does not ask for the opposite is held back here; nothing if it is not. Where
/// WebSockets have to pass, HTTP/1.0 is an error of its own.
std::optional<label> reason_to_hold(const nginx_passage& passage, const nginx_reading& reading) {
    if (passage.protocol != nginx_passage::protocols::http || passage.is_reached == answer::no ||
        !passage.streaming.buffering.value)
        return std::nullopt;
    if (passage.streaming.compressed)
        return label{*passage.streaming.compressed, "compresses event streams"};
    const nginx_setting<std::string>& version = passage.http_version;
    const bool is_known = version.set_at || !reading.is_version_assumed;
    if (version.value != "1.0" || !is_known || !is_for_pages(passage, reading))
        return std::nullopt;
    return label{version.set_at.value_or(version.block),
                 "speaks HTTP/1.0, in which a stream ends with its connection"};
}

void check_deaf(const chain_hop& of, const nginx_passage& passage, const nginx_reading& reading,
                findings& out) {
    const auto reason = reason_to_hold(passage, reading);
    if (!reason || !passage.streaming.deaf)
        return;
    out.push_back(
        {hop_code::stream_buffered,
         of.name + " holds event streams back until its buffers are full",
         {*passage.streaming.deaf, "ignores that the gateway asks it not to"},
         {*reason},
         "remove `X-Accel-Buffering` from this line, or add `proxy_buffering off;` here"});
}

bool share_a_route(const nginx_passage& a, const nginx_passage& b) {
    return std::any_of(a.routes.begin(), a.routes.end(), [&](std::size_t route) {
        return std::find(b.routes.begin(), b.routes.end(), route) != b.routes.end();
    });
}

/// True of one that is asked by the gateway and does not hand that on.
bool swallows(const nginx_passage& passage) {
    return passage.protocol == nginx_passage::protocols::http && passage.listener &&
           passage.is_reached != answer::no && !passage.streaming.tells;
}

/// The first place behind an outer one that keeps from it what the gateway asks for: an inner
/// server of the same Nginx, or one of an Nginx further in.
const nginx_passage* swallower_behind(const nginx_passage& outer, const chain_hop& of,
                                      const nginx_reading& reading, const chain& proxies) {
    for (const nginx_passage& inner : reading.passages)
        if (inner.is_inner && swallows(inner) && share_a_route(inner, outer))
            return &inner;
    const chain_hop* const end = proxies.hops.data() + proxies.hops.size();
    for (const chain_hop* further = &of + 1; further < end; ++further)
        if (const auto* const nginx = sound_nginx(*further))
            for (const nginx_passage& inner : nginx->passages)
                if (swallows(inner) && share_a_route(inner, outer))
                    return &inner;
    return nullptr;
}

void check_outer(const chain_hop& of, const nginx_passage& outer, const nginx_reading& reading,
                 const chain& proxies, findings& out) {
    auto reason = reason_to_hold(outer, reading);
    if (!reason || outer.listener || outer.streaming.deaf)
        return;
    const nginx_passage* const inner = swallower_behind(outer, of, reading, proxies);
    if (inner == nullptr)
        return;
    reason->text += ", and is not asked to pass them on at once";
    out.push_back({hop_code::stream_unasked,
                   of.name + " holds event streams back, since an Nginx further in does not tell "
                             "it that they are",
                   {inner->where, "keeps `X-Accel-Buffering: no` of the gateway for itself"},
                   {std::move(*reason)},
                   "add `proxy_pass_header X-Accel-Buffering;` here, or `proxy_buffering off;` to "
                   "the outer one"});
}

/// Of an inner hop that is an Nginx, as far as is known.
bool swallows(const chain_hop& of, const proxy_settings& declared) {
    if (const auto* const nginx = sound_nginx(of))
        return std::any_of(nginx->passages.begin(), nginx->passages.end(),
                           [](const nginx_passage& each) { return swallows(each); });
    const preset* const known = find_preset(declared.preset);
    return known != nullptr && known->streams == stream_passing::if_told;
}

/// An Nginx whose file is not here, in front of another one.
void check_unread_outer(const rule_input& in, findings& out) {
    const auto& hops = in.proxies.hops;
    const auto& declared = in.loaded.values.proxies;
    for (std::size_t outer = 0; outer < hops.size(); ++outer) {
        if (declared[outer].preset != "nginx")
            continue;
        for (std::size_t inner = outer + 1; inner < hops.size(); ++inner)
            if (swallows(hops[inner], declared[inner])) {
                out.push_back({hop_code::stream_may_buffer,
                               hops[outer].name + " may hold event streams back",
                               {hops[outer].where,
                                "buffers them if it compresses them: " + hops[inner].name +
                                    ", an Nginx too, keeps `X-Accel-Buffering: no` for itself"},
                               {},
                               "add `proxy_pass_header X-Accel-Buffering;` to " + hops[inner].name +
                                   ", or `proxy_buffering off;` to " + hops[outer].name});
                break;
            }
    }
}

} // namespace

void check_buffering(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        const nginx_reading* const nginx = sound_nginx(each);
        if (nginx == nullptr)
            continue;
        for (const nginx_passage& passage : nginx->passages) {
            if (!passes_http(passage, in))
                continue;
            check_deaf(each, passage, *nginx, out);
            check_outer(each, passage, *nginx, in.proxies, out);
        }
    }
    if (std::any_of(in.heartbeats.begin(), in.heartbeats.end(),
                    [](const route_heartbeat& each) { return each.passes_http; }))
        check_unread_outer(in, out);
}

} // namespace pulsegate
