// PG160 to PG165: certificates and keys.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view clean =
    "listeners:\n  - address: 127.0.0.1:8443\n"
    "    tls: { certificate: fullchain.pem, private_key: private.key }\n";

constexpr std::array rows{
    code_row{
        code::tls_unreadable, "PG160", severity::error, "a certificate or key cannot be read",
        "The file does not exist, or the user that runs the gateway may not read it. Paths are\n"
        "taken from the directory of gateway.yaml. `pulsegate check` sees what the gateway\n"
        "would see only if it runs as the same user.",
        "listeners:\n  - address: 127.0.0.1:8443\n"
        "    tls: { certificate: absent.pem, private_key: private.key }\n",
        clean, "path_resolution(7)"},
    code_row{code::tls_unusable, "PG161", severity::error, "not a usable certificate or key",
             "Certificates and keys are read as PEM: text with `-----BEGIN CERTIFICATE-----` or\n"
             "`-----BEGIN PRIVATE KEY-----` in it. A key may not have a password, since nobody is\n"
             "there to type it, and OpenSSL refuses keys that are too short to be safe.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: private.key, private_key: private.key }\n",
             clean, "RFC 7468; openssl-ciphers(1), security levels"},
    code_row{
        code::tls_mismatch, "PG162", severity::error, "the key is not the certificate's",
        "Certificate and private key are made together, and only together can they be used.\n"
        "Often one of them was renewed without the other, or the certificate file begins with\n"
        "the authority's certificate: the gateway's own has to be the first.",
        "listeners:\n  - address: 127.0.0.1:8443\n"
        "    tls: { certificate: fullchain.pem, private_key: other.key }\n",
        clean, "RFC 8446 section 4.4.2"},
    code_row{code::tls_expires, "PG163", severity::warning,
             "a certificate outside its time, or soon to be",
             "Clients refuse a certificate that has expired or is not valid yet. This one has\n"
             "expired, begins later, or has less than 14 days left: most that are renewed by\n"
             "themselves are renewed 30 days before their end, so renewal has failed by now.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: expired.pem, private_key: private.key }\n",
             clean, "RFC 5280 section 4.1.2.5"},
    code_row{code::tls_open_key, "PG164", severity::error, "a private key that everybody can read",
             "Whoever has the private key can pass for this gateway. Every user and every program\n"
             "of this machine may read the file.",
             "listeners:\n  - address: 127.0.0.1:8443\n"
             "    tls: { certificate: fullchain.pem, private_key: open.key }\n",
             clean, "chmod(1)"},
    code_row{code::tls_without_use, "PG165", severity::error, "TLS for an upstream without TLS",
             "A route's `tls` says how an application is reached over `wss://`. This upstream is\n"
             "reached without TLS, so the keys would have no effect, and the connection would not\n"
             "be protected.",
             "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n"
             "    tls: { server_name: app.example }\n",
             "routes:\n  - path: /\n    upstream: wss://127.0.0.1:8000\n"
             "    tls: { server_name: app.example }\n",
             "gateway.yaml, the documented default"},
};

} // namespace

std::span<const code_row> tls_codes() {
    return rows;
}

} // namespace pulsegate
