#include "alignment/haproxy/conditions.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pulsegate;

namespace {

std::vector<haproxy_word> words_of(const std::string& text) {
    const auto words = split_haproxy_line(make_source("haproxy.cfg", text), 0);
    REQUIRE(words.has_value());
    return *words;
}

std::string joined(const std::vector<std::string>& all) {
    std::string out;
    for (const std::string& each : all)
        out += ' ' + each;
    return out;
}

/// `yes`, `no`, or `maybe` with `exactly`, and the paths: ` under /ws not /ws/admin`.
std::string judged(const std::string& condition, std::optional<bool> is_tls = std::nullopt) {
    haproxy_acls acls;
    acls["is_websocket"] = {words_of("hdr(Upgrade) -i WebSocket")};
    acls["is_chat"] = {words_of("path_beg /chat"), words_of("path_beg /talk")};
    acls["is_office"] = {words_of("src 10.0.0.0/8")};
    std::vector<haproxy_word> words = words_of("use_backend x " + condition);
    const auto verdict =
        judge_haproxy_condition(take_haproxy_condition(words, 2), {acls, is_tls, true});
    if (verdict.truth != haproxy_verdict::truths::maybe)
        return verdict.truth == haproxy_verdict::truths::yes ? "yes" : "no";
    std::string out = verdict.is_exact ? "exactly" : "maybe";
    if (!verdict.paths.under.empty())
        out += " under" + joined(verdict.paths.under);
    if (!verdict.paths.not_under.empty())
        out += " not" + joined(verdict.paths.not_under);
    return out;
}

} // namespace

TEST_CASE("what every WebSocket handshake has is known") {
    CHECK(judged("") == "yes");
    CHECK(judged("if is_websocket") == "yes");
    CHECK(judged("unless is_websocket") == "no");
    CHECK(judged("if { hdr(Upgrade) WebSocket }") == "no"); // browsers write it in lower case
    CHECK(judged("if { req.hdr(upgrade),lower websocket }") == "yes");
    CHECK(judged("if { hdr(Connection) -i upgrade }") == "yes");
    CHECK(judged("if { hdr_beg(Connection) -i up }") == "yes");
    CHECK(judged("if { hdr(Connection) -i close }") == "no");
    CHECK(judged("if { req.hdr(Sec-WebSocket-Key) -m found }") == "yes");
    CHECK(judged("if { hdr(Sec-WebSocket-Version) 13 }") == "yes");
    CHECK(judged("if METH_GET !METH_POST") == "yes");
    CHECK(judged("if { method POST PUT }") == "no");
    CHECK(judged("if TRUE") == "yes");
    CHECK(judged("if !TRUE || FALSE") == "no");
}

TEST_CASE("what only a request tells is not guessed") {
    CHECK(judged("if is_office") == "maybe");
    CHECK(judged("unless is_office") == "maybe");
    CHECK(judged("if { hdr(host) -i ws.example.com }") == "maybe");
    CHECK(judged("if { hdr_reg(Upgrade) ^web }") == "maybe");
    CHECK(judged("if { path_beg -f paths.lst }") == "maybe");
    CHECK(judged("if { hdr(Upgrade),bytes(1) websocket }") == "maybe");
    CHECK(judged("if unheard_of") == "maybe");
    CHECK(judged("if is_office !is_websocket") == "no");
    CHECK(judged("if is_office or is_websocket") == "yes");
}

TEST_CASE("TLS is known if all or none of the frontend's addresses have it") {
    CHECK(judged("if { ssl_fc }", true) == "yes");
    CHECK(judged("if !{ ssl_fc }", true) == "no");
    CHECK(judged("if ! { ssl_fc }", false) == "yes");
    CHECK(judged("if { ssl_fc }") == "maybe");
}

TEST_CASE("conditions on the path say which requests meet them") {
    CHECK(judged("if { path_beg /ws }") == "exactly under /ws");
    CHECK(judged("unless { path_beg /ws }") == "exactly not /ws");
    CHECK(judged("if is_chat") == "exactly under /chat /talk");
    CHECK(judged("if !is_chat") == "exactly not /chat /talk");
    CHECK(judged("if is_chat is_websocket") == "exactly under /chat /talk");
    CHECK(judged("if is_chat is_office") == "maybe under /chat /talk");
    CHECK(judged("if { path /ws }") == "maybe under /ws");
    CHECK(judged("if { path -m beg /ws /live }") == "exactly under /ws /live");
    CHECK(judged("if { path_reg ^/ws/[0-9]+ }") == "maybe under /ws/");
    CHECK(judged("if { path_reg ^/wss? }") == "maybe under /ws");
    CHECK(judged("if { path_reg ^/(a|b) }") == "maybe");
    CHECK(judged("if { path_end .js }") == "maybe");
    CHECK(judged("if { path_beg / }") == "yes");
    CHECK(judged("if { path_beg /ws } !{ path_beg /ws/admin }") ==
          "exactly under /ws not /ws/admin");
    CHECK(judged("if { path_beg /ws } { path_beg /other }") == "no");
    CHECK(judged("if { path_beg /ws/admin } !{ path_beg /ws }") == "no");
}

TEST_CASE("ACLs that nobody defines are named") {
    haproxy_acls acls;
    acls["known"] = {};
    std::vector<haproxy_word> words =
        words_of("http-request deny if known !unknown METH_GET { src 1 }");
    const auto unknown = unknown_haproxy_acls(take_haproxy_condition(words, 2), acls);
    REQUIRE(unknown.size() == 1);
    CHECK(unknown.front().text == "unknown");
}
