// PG319 and PG342: a proxy and the listener that it leads to do not agree on PROXY headers or TLS.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"

namespace pulsegate {
namespace {

/// What a proxy of either kind does, and how to change it.
struct sender {
    std::string_view proxy; // `Nginx`
    span where;
    std::size_t listener;
    bool sends_header;
    std::string because; // why it does, or does not, as a label at `where`
    std::string cure;    // of a header that is missing
};

/// True if requests come here, and go on to the gateway itself.
bool is_last(const nginx_passage& passage) {
    return passage.is_reached == answer::yes && passage.listener.has_value();
}

/// Only `proxy_pass` of stream can send the header.
sender sender_of(const nginx_passage& passage) {
    const bool is_stream = passage.protocol == nginx_passage::protocols::stream;
    const bool sends = is_stream && passage.proxy_protocol.value;
    return {"Nginx",
            passage.proxy_pass,
            *passage.listener,
            sends,
            sends       ? "begins with one because of `proxy_protocol on;`"
            : is_stream ? "without `proxy_protocol on;`"
                        : "no PROXY header goes with `proxy_pass http://`",
            is_stream ? "add beside it `proxy_protocol on;`"
                      : "write `proxy_protocol: off` for that listener; this Nginx tells the "
                        "client's address in a header"};
}

sender sender_of(const haproxy_passage& passage) {
    return {"HAProxy",
            passage.server,
            *passage.listener,
            passage.sends_proxy_header,
            passage.sends_proxy_header ? "begins with one because of `send-proxy`"
                                       : "without `send-proxy-v2`",
            "add `send-proxy-v2` to this line"};
}

void check(const sender& from, const load_result& loaded, findings& out) {
    const auto mode = loaded.values.listeners[from.listener].proxy_protocol;
    if (from.sends_header ? mode != proxy_protocol_mode::off : mode != proxy_protocol_mode::require)
        return;
    const std::string proxy(from.proxy);
    diagnostic what{
        hop_code::proxy_protocol_mismatch,
        from.sends_header
            ? "the gateway does not expect the PROXY header that this " + proxy + " sends"
            : "the gateway refuses this " + proxy + " for want of a PROXY header",
        {from.where, from.because},
        {},
        from.sends_header ? "write `proxy_protocol: accept` for that listener" : from.cure};
    point_at_listener(what, loaded, from.listener, "proxy_protocol");
    out.push_back(std::move(what));
}

/// What a proxy of either kind does, and how to change it.
struct speaker {
    span where;
    std::size_t listener;
    std::optional<bool> is_secure; // nothing: whatever its clients speak
    std::string to_tls;            // how to have it speak TLS
    std::string to_plain;          // how not to
};

speaker speaker_of(const nginx_passage& passage) {
    const bool is_stream = passage.protocol == nginx_passage::protocols::stream;
    return {passage.proxy_pass, *passage.listener, passage.is_secure, "write `https://` here",
            is_stream ? "remove `proxy_ssl on;`" : "write `http://` here"};
}

speaker speaker_of(const haproxy_passage& passage) {
    return {passage.server, *passage.listener, passage.is_secure,
            "add `ssl verify required ca-file FILE` to this line", "remove `ssl` from this line"};
}

void check_tls(const speaker& from, const load_result& loaded, findings& out) {
    const bool wants_tls = loaded.values.listeners[from.listener].tls.is_on();
    if (!from.is_secure || *from.is_secure == wants_tls)
        return;
    diagnostic what{hop_code::proxy_tls_mismatch,
                    wants_tls ? "a proxy without TLS leads to a listener that expects it"
                              : "a proxy with TLS leads to a listener that does not expect it",
                    {from.where, wants_tls ? "is not encrypted" : "is encrypted"},
                    {},
                    wants_tls ? from.to_tls + ", or remove `tls` from that listener"
                              : from.to_plain + ", or give that listener a certificate (`tls`)"};
    point_at_listener(what, loaded, from.listener, "tls");
    out.push_back(std::move(what));
}

} // namespace

void check_proxy_headers(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                if (is_last(passage))
                    check(sender_of(passage), in.loaded, out);
        if (const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading))
            for (const haproxy_passage& passage : haproxy->passages)
                if (passage.listener)
                    check(sender_of(passage), in.loaded, out);
    }
}

void check_proxy_tls(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                if (is_last(passage))
                    check_tls(speaker_of(passage), in.loaded, out);
        if (const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading))
            for (const haproxy_passage& passage : haproxy->passages)
                if (passage.listener)
                    check_tls(speaker_of(passage), in.loaded, out);
    }
}

} // namespace pulsegate
