// PG342: a proxy and a listener of which only one speaks TLS.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"

namespace pulsegate {
namespace {

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
    return {passage.proxy_pass, passage.listener, passage.is_secure, "write `https://` here",
            is_stream ? "remove `proxy_ssl on;`" : "write `http://` here"};
}

speaker speaker_of(const haproxy_passage& passage) {
    return {passage.server, passage.listener, passage.is_secure,
            "add `ssl verify required ca-file FILE` to this line", "remove `ssl` from this line"};
}

void check(const speaker& from, const load_result& loaded, findings& out) {
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

void check_proxy_tls(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                check(speaker_of(passage), in.loaded, out);
        if (const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading))
            for (const haproxy_passage& passage : haproxy->passages)
                check(speaker_of(passage), in.loaded, out);
    }
}

} // namespace pulsegate
