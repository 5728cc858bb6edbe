// PROXY headers: what is one, whom it names, and how many bytes it takes.
#include "base/bytes.hpp"
#include "client/proxy_protocol.hpp"
#include "support/proxy_header_bytes.hpp"
#include "support/random_source.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

proxy_header_verdict read(std::string_view text) {
    return read_proxy_header(as_bytes(text));
}

/// A verdict in words.
std::string show(const proxy_header_verdict& verdict) {
    if (std::holds_alternative<proxy_header_begins>(verdict))
        return "begins";
    if (std::holds_alternative<no_proxy_header>(verdict))
        return "none";
    if (const auto* const bad = std::get_if<bad_proxy_header>(&verdict))
        return std::string("bad: ") + bad->what;
    const auto& good = std::get<proxy_header>(verdict);
    std::string text = std::to_string(good.bytes) + " bytes: ";
    if (!good.relayed)
        return text + "the real peer";
    const auto end = [](const proxy_endpoint& at) {
        return at.address.to_string() + ' ' + std::to_string(at.port);
    };
    return text + end(good.relayed->source) + " to " + end(good.relayed->destination);
}

std::string random_bytes(random_source& random, std::size_t count) {
    std::string bytes;
    while (bytes.size() < count)
        bytes += static_cast<char>(random.byte());
    return bytes;
}

const std::string v4_addresses("\xC0\x00\x02\x01\xC6\x33\x64\x02\x30\x39\x01\xBB", 12);
const std::string v6_addresses = [] {
    std::string bytes(36, '\0');
    bytes.replace(0, 4, "\x20\x01\x0D\xB8");
    bytes[15] = 1;
    bytes.replace(16, 4, "\x20\x01\x0D\xB8");
    bytes[31] = 2;
    bytes.replace(32, 4, "\x30\x39\x01\xBB");
    return bytes;
}();

} // namespace

TEST_CASE("a PROXY header of version 1 names both ends, or nobody") {
    const struct {
        std::string line;
        const char* seen;
    } rows[] = {
        {"PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n",
         "45 bytes: 192.0.2.1 12345 to 198.51.100.2 443"},
        {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
         "56 bytes: 255.255.255.255 65535 to 255.255.255.255 65535"},
        {"PROXY TCP6 2001:db8::1 2001:DB8::2 0 1\r\n", "40 bytes: 2001:db8::1 0 to 2001:db8::2 1"},
        {"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "37 bytes: 192.0.2.1 1 to ::1 2"},
        {"PROXY UNKNOWN\r\n", "15 bytes: the real peer"},
        {"PROXY UNKNOWN ffff:f:f:f:f:f:f:f what ever\r\n", "44 bytes: the real peer"},
        {"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
         "107 bytes: the real peer"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        CHECK(show(read(row.line)) == row.seen);
        CHECK(show(read(row.line + "GET / HTTP/1.1\r\n")) == row.seen);
        CHECK(show(read(row.line + row.line)) == row.seen);
    }
}

TEST_CASE("a PROXY header of version 1 that breaks a rule is bad") {
    const std::string rows[] = {
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP4 \r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.256 1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP4 ::ffff:192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 2001:db8::2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r\n",
        "PROXY TCP4 192.0.2.1\r 192.0.2.2 1 2\r\n",
        std::string("PROXY TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n", 37),
        "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", // 108 bytes
        "PROXY UNKNOWN " + std::string(93, 'x'),
    };
    for (const std::string& row : rows) {
        CAPTURE(row);
        CHECK(show(read(row)).starts_with("bad: "));
    }
}

TEST_CASE("what does not begin like a PROXY header is none, as soon as that is certain") {
    for (const char* text : {"G", "GET / HTTP/1.1\r\n", "PUT", "PROXZ", "PROXY\r\n", "PROXY4 ",
                             "proxy ", " PROXY ", "\r\nGET", "\n", "\x16\x03\x01"}) {
        CAPTURE(std::string(text));
        CHECK(show(read(text)) == "none");
    }
    for (const char* text : {"", "P", "PROXY", "\r", "\r\n\r\n"}) {
        CAPTURE(std::string(text));
        CHECK(show(read(text)) == "begins");
    }
}

TEST_CASE("a PROXY header of version 2 names both ends, or nobody") {
    const std::string unix_addresses(216, '/');
    const struct {
        const char* name;
        std::string header;
        const char* seen;
    } rows[] = {
        {"TCP over IPv4", binary_header(0x21, 0x11, v4_addresses),
         "28 bytes: 192.0.2.1 12345 to 198.51.100.2 443"},
        {"TCP over IPv6", binary_header(0x21, 0x21, v6_addresses),
         "52 bytes: 2001:db8::1 12345 to 2001:db8::2 443"},
        {"with extra fields",
         binary_header(0x21, 0x11,
                       v4_addresses + extra_field(0x02, "app.example") + extra_field(0x04, "")),
         "45 bytes: 192.0.2.1 12345 to 198.51.100.2 443"},
        {"UDP", binary_header(0x21, 0x12, v4_addresses), "28 bytes: the real peer"},
        {"Unix", binary_header(0x21, 0x31, unix_addresses), "232 bytes: the real peer"},
        {"UNSPEC", binary_header(0x21, 0x00, ""), "16 bytes: the real peer"},
        {"UNSPEC with bytes", binary_header(0x21, 0x00, "anything"), "24 bytes: the real peer"},
        {"LOCAL", binary_header(0x20, 0x00, ""), "16 bytes: the real peer"},
        {"LOCAL with addresses", binary_header(0x20, 0x11, v4_addresses),
         "28 bytes: the real peer"},
        {"LOCAL of an unknown family", binary_header(0x20, 0xF7, "x"), "17 bytes: the real peer"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(show(read(row.header)) == row.seen);
        CHECK(show(read(row.header + "\x16\x03\x01")) == row.seen);
    }
}

TEST_CASE("a PROXY header of version 2 that breaks a rule is bad") {
    const struct {
        const char* name;
        std::string header;
    } rows[] = {
        {"version 1", binary_header(0x11, 0x11, v4_addresses)},
        {"version 3", binary_header(0x31, 0x11, v4_addresses)},
        {"an unknown command", binary_header(0x22, 0x11, v4_addresses)},
        {"an unknown family", binary_header(0x21, 0x41, v4_addresses)},
        {"an unknown transport", binary_header(0x21, 0x13, v4_addresses)},
        {"half an address", binary_header(0x21, 0x11, v4_addresses.substr(0, 11))},
        {"IPv6 with addresses of IPv4", binary_header(0x21, 0x21, v4_addresses)},
        {"half an extra field", binary_header(0x21, 0x11, v4_addresses + '\x04')},
        {"an extra field that is too long",
         binary_header(0x21, 0x11, v4_addresses + extra_field(0x04, "abc").substr(0, 5))},
        {"a checksum of two bytes",
         binary_header(0x21, 0x11, v4_addresses + extra_field(0x03, "ab"))},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(show(read(row.header)).starts_with("bad: "));
    }
    // More than is allowed is refused before it is waited for.
    const std::string endless = binary_header(0x21, 0x11, std::string(4096 - 16 + 1, '\0'));
    CHECK(show(read(endless.substr(0, 16))) == "bad: is longer than 4096 bytes");
    CHECK(show(read(binary_header(0x20, 0x00, std::string(4096 - 16, '\0')))) ==
          "4096 bytes: the real peer");
}

TEST_CASE("the checksum of a PROXY header is verified wherever it stands") {
    // The checksums were computed with an implementation of CRC-32C that is not the gateway's.
    const std::string before("\x03\x00\x04\x90\xD9\xC2\xA6\x04\x00\x01z", 11);
    std::string header = binary_header(0x21, 0x11, v4_addresses + before);
    const std::uint32_t right =
        slow_crc32c(header.substr(0, 31) + std::string(4, '\0') + header.substr(35));
    for (int i = 0; i < 4; ++i)
        header[31 + static_cast<std::size_t>(i)] = static_cast<char>(right >> (24 - 8 * i));
    CHECK(show(read(header)) == "39 bytes: 192.0.2.1 12345 to 198.51.100.2 443");
    for (std::size_t bit = 8 * 16; bit < 8 * header.size(); ++bit) {
        CAPTURE(bit);
        std::string flipped = header;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        // A flip in the type or length of a field may hide the checksum; no flip may change what
        // a header with a checksum says.
        const bool is_in_field_head = (bit >= 8 * 28 && bit < 8 * 31) || bit >= 8 * 35;
        if (!is_in_field_head)
            CHECK(show(read(flipped)) == "bad: has a wrong checksum");
    }
}

TEST_CASE("a PROXY header cut anywhere begins, and its verdict is that of the whole") {
    random_source random(7);
    MESSAGE("seed 7");
    const std::string good[] = {
        "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n",
        "PROXY TCP6 2001:db8::1 2001:db8::2 12345 443\r\n",
        "PROXY UNKNOWN\r\n",
        binary_header(0x21, 0x11, v4_addresses + extra_field(0x04, std::string(300, 'x'))),
        binary_header(0x21, 0x21, v6_addresses),
        binary_header(0x20, 0x00, ""),
    };
    for (const std::string& header : good) {
        const std::string whole = show(read(header));
        for (std::size_t cut = 0; cut < header.size(); ++cut) {
            CAPTURE(cut);
            CHECK(show(read(header.substr(0, cut))) == "begins");
        }
        for (int i = 0; i < 20; ++i)
            CHECK(show(read(header + random_bytes(random, random.below(50)))) == whole);
    }
    // Once a verdict is out, further bytes do not change it, whatever was sent.
    int verdicts = 0;
    for (int round = 0; round < 3000; ++round) {
        CAPTURE(round);
        std::string junk = good[random.below(std::size(good))];
        for (auto changes = 1 + random.below(3); changes > 0; --changes)
            junk[random.below(junk.size())] = static_cast<char>(random.byte());
        const std::string whole = show(read(junk));
        for (std::size_t cut = 0; cut <= junk.size(); ++cut) {
            const std::string early = show(read(junk.substr(0, cut)));
            if (early != "begins") {
                CHECK(early == whole);
                ++verdicts;
                break;
            }
        }
    }
    CHECK(verdicts > 2000);
}
