#include "client/identity_headers.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view forwarded_family = "x-forwarded-";

// Sorted, in lower case with hyphens. Who connects: its address, certificate and user; how: scheme
// and host; and what it really asks for: the path and method instead of those of the request.
// clang-format off
constexpr std::array<std::string_view, 146> others{
    "akamai-client-ip", "ali-cdn-real-ip", "cdn-client-ip", "cdn-real-ip", "cdn-src-ip",
    "cf-connecting-ip", "cf-connecting-ipv6", "cf-connecting-o2o", "cf-ipcountry", "cf-pseudo-ipv4",
    "cf-visitor", "client-cert", "client-cert-chain", "client-ip", "clientip",
    "cloudfront-forwarded-proto", "cloudfront-viewer-address", "cluster-client-ip", "coming-from",
    "do-connecting-ip", "fastly-client-ip", "fastly-ssl", "fly-client-ip", "fly-forwarded-port",
    "fly-forwarded-proto", "fly-forwarded-ssl", "forwarded", "forwarded-for", "forwarded-for-ip",
    "forwarded-host", "forwarded-proto", "front-end-https", "gclb-client-ip", "incap-client-ip",
    "proxy-client-ip", "remote-addr", "remote-host", "remote-ip", "remote-port", "remote-user",
    "request-uri", "script-name", "ssl-client-cert", "ssl-client-s-dn", "ssl-client-subject-dn",
    "ssl-client-verify", "true-client-ip", "wl-proxy-client-ip", "x-akamai-client-ip",
    "x-akamai-edgescape", "x-appengine-country", "x-appengine-https", "x-appengine-remote-addr",
    "x-appengine-user-ip", "x-arr-clientcert", "x-arr-ssl", "x-azure-clientip", "x-azure-fdid",
    "x-azure-socketip", "x-backend-host", "x-bluecoat-via", "x-cdn-src-ip", "x-client-cert",
    "x-client-certificate", "x-client-dn", "x-client-geo-location", "x-client-ip", "x-client-port",
    "x-client-verify", "x-clientip", "x-cluster-client-ip", "x-coming-from", "x-connecting-ip",
    "x-envoy-downstream-service-cluster", "x-envoy-external-address", "x-envoy-internal",
    "x-envoy-original-dst-host", "x-envoy-original-host", "x-envoy-original-method",
    "x-envoy-original-path", "x-forward-for", "x-forwarded", "x-gateway-host", "x-host",
    "x-host-ip", "x-http-destinationurl", "x-http-host-override", "x-http-method",
    "x-http-method-override", "x-https", "x-ip", "x-method-override", "x-nf-client-connection-ip",
    "x-original-forwarded-for", "x-original-host", "x-original-ip", "x-original-method",
    "x-original-path", "x-original-proto", "x-original-remote-addr", "x-original-scheme",
    "x-original-uri", "x-original-url", "x-originating-ip", "x-override-url", "x-path-prefix",
    "x-peer-ip", "x-proto", "x-proxy-host", "x-proxy-url", "x-proxyuser-ip", "x-real-ip",
    "x-real-port", "x-remote-addr", "x-remote-host", "x-remote-ip", "x-remote-port",
    "x-remote-user", "x-replaced-path", "x-request-uri", "x-rewrite-path", "x-rewrite-uri",
    "x-rewrite-url", "x-scheme", "x-script-name", "x-secure", "x-source-ip", "x-ssl", "x-ssl-cert",
    "x-ssl-client-cert", "x-ssl-client-dn", "x-ssl-client-s-dn", "x-ssl-client-subject-dn",
    "x-ssl-client-verify", "x-sub-path", "x-sucuri-client-ip", "x-sucuri-clientip",
    "x-true-client-ip", "x-true-ip", "x-uri-scheme", "x-urischeme", "x-url-scheme", "x-user-ip",
    "x-vercel-forwarded-for", "x-vercel-ip-country", "x-wap-network-client-ip"};
// clang-format on
static_assert(std::is_sorted(others.begin(), others.end()));

constexpr std::size_t longest = 34;
static_assert(std::all_of(others.begin(), others.end(),
                          [](std::string_view each) { return each.size() <= longest; }));

constexpr char canonical(char c) {
    return c == '_' ? '-' : lower_case(c);
}

} // namespace

bool is_same_header(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return canonical(x) == canonical(y); });
}

bool tells_of_client(std::string_view name) {
    if (is_same_header(name.substr(0, forwarded_family.size()), forwarded_family))
        return true;
    if (name.size() > longest)
        return false;
    std::array<char, longest> text{};
    std::transform(name.begin(), name.end(), text.begin(), canonical);
    return std::binary_search(others.begin(), others.end(),
                              std::string_view(text.data(), name.size()));
}

} // namespace pulsegate
