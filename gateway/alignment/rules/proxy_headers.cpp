// PG319: an Nginx and a listener that do not agree on the PROXY protocol.
#include "alignment/rules/rules.hpp"

namespace pulsegate {
namespace {

/// Only `proxy_pass` of stream can send the header.
bool sends_header(const nginx_passage& passage) {
    return passage.protocol == nginx_passage::protocols::stream && passage.proxy_protocol.value;
}

diagnostic refused(const nginx_passage& passage) {
    const bool is_stream = passage.protocol == nginx_passage::protocols::stream;
    return {code::nginx_proxy_protocol,
            "the gateway refuses this Nginx for want of a PROXY header",
            {passage.proxy_pass, is_stream ? "without `proxy_protocol on;`"
                                           : "no PROXY header goes with `proxy_pass http://`"},
            {},
            is_stream ? "add beside it `proxy_protocol on;`"
                      : "write `proxy_protocol: off` for that listener; this Nginx tells the "
                        "client's address in a header"};
}

diagnostic unexpected(const nginx_passage& passage) {
    return {code::nginx_proxy_protocol,
            "the gateway does not expect the PROXY header that this Nginx sends",
            {passage.proxy_pass, "begins with one because of `proxy_protocol on;`"},
            {},
            "write `proxy_protocol: accept` for that listener"};
}

void check_passage(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const auto mode = loaded.values.listeners[passage.listener].proxy_protocol;
    const bool is_sent = sends_header(passage);
    if (is_sent ? mode != proxy_protocol_mode::off : mode != proxy_protocol_mode::require)
        return;
    diagnostic what = is_sent ? unexpected(passage) : refused(passage);
    const std::string listener = "listeners[" + std::to_string(passage.listener) + "].";
    for (const char* const key : {"proxy_protocol", "address"}) {
        const auto set = loaded.origins.find(listener + key);
        if (set == loaded.origins.end())
            continue;
        what.others.push_back({set->second.value, "the listener that it leads to"});
        break;
    }
    out.push_back(std::move(what));
}

} // namespace

void check_proxy_headers(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                check_passage(passage, in.loaded, out);
}

} // namespace pulsegate
