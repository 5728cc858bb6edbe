// PG120 to PG126: addresses and headers.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::bad_address, "PG120", severity::error, "not an address to listen on",
             "A listener needs a literal IPv4 address, an IPv6 address in brackets, each with a\n"
             "port, or the path of a Unix socket. Names are not resolved: what a name means may\n"
             "change, and with it who can reach the gateway.",
             "listeners:\n  - address: localhost:8081\n",
             "listeners:\n  - address: 127.0.0.1:8081\n",
             "RFC 3986 section 3.2.2 for the brackets; unix(7) for the length of a path"},
    code_row{code::repeated_address, "PG121", severity::error, "an address used twice",
             "Two listeners, or a listener and the admin listener, would share an address, and\n"
             "the kernel would hand each connection to either of them.",
             "listeners:\n  - address: 127.0.0.1:8081\n  - address: 127.0.0.1:8081\n",
             "listeners:\n  - address: 127.0.0.1:8081\n  - address: 127.0.0.1:8082\n",
             "socket(7), SO_REUSEPORT"},
    code_row{code::public_admin, "PG122", severity::error, "an open admin listener",
             "The admin listener tells of every client and can close connections. Who is on this\n"
             "machine may read there without being asked; everybody else has to show the token of\n"
             "`admin.token_file`, so there has to be one. It travels in clear text: across a\n"
             "network that you do not trust, put TLS in front.",
             "admin:\n  address: 0.0.0.0:9464\n",
             "admin:\n  address: 0.0.0.0:9464\n  token_file: admin.token\n",
             "RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3"},
    code_row{code::bad_block, "PG123", severity::error, "not a block of addresses",
             "A block is an address and the length of its prefix. Requests from these addresses\n"
             "are believed when they name a client's address, so nothing is guessed here.",
             "trusted_proxies: [10.0.0.0/33]\n", "trusted_proxies: [10.0.0.0/8]\n",
             "RFC 4632 section 3.1"},
    code_row{code::host_bits, "PG124", severity::error, "bits after the prefix of a block",
             "`10.1.2.3/8` is either the block 10.0.0.0/8 or the address 10.1.2.3/32: they differ\n"
             "by sixteen million addresses that would be trusted.",
             "trusted_proxies: [10.1.2.3/8]\n", "trusted_proxies: [10.0.0.0/8]\n",
             "RFC 4632 section 3.1"},
    code_row{code::bad_header_name, "PG125", severity::error, "not the name of a header",
             "A header's name is letters, digits and a few signs, without spaces and without the\n"
             "colon that follows it in a request.",
             "client_ip_header: \"X-Forwarded-For:\"\n", "client_ip_header: X-Forwarded-For\n",
             "RFC 9110 section 5.6.2"},
    code_row{code::proxy_protocol_unused, "PG126", severity::error,
             "PROXY headers that nobody may send",
             "A PROXY header says where a connection comes from, so it is believed from\n"
             "`trusted_proxies` only. With nobody to trust, `require` would refuse every\n"
             "connection, and `accept` would take none of their headers.",
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require }\n"
             "trusted_proxies: []\n",
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require }\n"
             "trusted_proxies: [127.0.0.1/32]\n",
             "https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt section 5"},
};

} // namespace

std::span<const code_row> address_codes() {
    return rows;
}

} // namespace pulsegate
