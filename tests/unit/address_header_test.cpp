// The headers in which proxies tell a client's address, read from the right.
#include "client/client_address.hpp"
#include "client/identity_headers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace pulsegate;

namespace {

ip_address ip(std::string_view text) {
    return *ip_address::parse(text);
}

/// All addresses of a header from the right, with spaces between.
std::string all_of(address_header_form form, std::string_view value) {
    address_header_walk walk(form, value);
    std::string all;
    while (const auto address = walk.next())
        all += (all.empty() ? "" : " ") + address->to_string();
    CHECK_FALSE(walk.next());
    return all;
}

std::string client_of(const char* peer, address_header_form form, std::string_view value) {
    const std::vector trusted{ip_block::of(ip("10.0.0.0"), 8), ip_block::of(ip("fd00::"), 8)};
    const auto address = peer == nullptr ? std::nullopt : std::optional(ip(peer));
    const auto client = client_address(address, {form, value}, trusted);
    return client ? client->to_string() : "nobody";
}

using enum address_header_form;

} // namespace

TEST_CASE("the name of a header tells how it is written") {
    CHECK(address_header_form_of("X-Forwarded-For") == list);
    CHECK(address_header_form_of("x-original-forwarded-for") == list);
    CHECK(address_header_form_of("FORWARDED") == forwarded);
    CHECK(address_header_form_of("CF-Connecting-IP") == single);
    CHECK(address_header_form_of("X-Real-IP") == single);
}

TEST_CASE("a list of addresses is read from the right up to what is none") {
    const struct {
        const char* value;
        const char* seen;
    } rows[] = {
        {"", ""},
        {"192.0.2.1", "192.0.2.1"},
        {"192.0.2.1, 2001:db8::1 ,192.0.2.3", "192.0.2.3 2001:db8::1 192.0.2.1"},
        {"192.0.2.1:443, [2001:db8::1]:443, [2001:db8::2]", "2001:db8::2 2001:db8::1 192.0.2.1"},
        {"192.0.2.1, unknown, 192.0.2.3", "192.0.2.3"},
        {"192.0.2.1,, 192.0.2.3", "192.0.2.3"},
        {"192.0.2.1, 192.0.2.3,", ""},
        {"192.0.2.1:, 192.0.2.2:x", ""},
        {"192.0.2.1:123456", ""},
        {"2001:db8::1:99999", ""},
        {"[192.0.2.1]:80", ""},
        {"[2001:db8::1", ""},
        {"<script>", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.value));
        CHECK(all_of(list, row.value) == row.seen);
    }
}

TEST_CASE("a header with one address has exactly one") {
    CHECK(all_of(single, " 192.0.2.1 ") == "192.0.2.1");
    CHECK(all_of(single, "2001:db8::1") == "2001:db8::1");
    CHECK(all_of(single, "192.0.2.1, 192.0.2.2") == "");
    CHECK(all_of(single, "") == "");
}

TEST_CASE("Forwarded is read from the right by its `for`") {
    const struct {
        const char* value;
        const char* seen;
    } rows[] = {
        {"", ""},
        {"for=192.0.2.1", "192.0.2.1"},
        {"For=192.0.2.1;Proto=https;by=203.0.113.43", "192.0.2.1"},
        {"proto=https;for=192.0.2.1 ; host=a.example", "192.0.2.1"},
        {"for=192.0.2.1, for=198.51.100.2", "198.51.100.2 192.0.2.1"},
        {"for=192.0.2.1,for=\"[2001:db8::2]\"", "2001:db8::2 192.0.2.1"},
        {"for=\"192.0.2.1:4711\", FOR=\"[2001:db8::2]:4711\"", "2001:db8::2 192.0.2.1"},
        {"for=\"192.0.2.1:_hidden\"", "192.0.2.1"},
        {"for=\"\\1\\92.0.2.1\"", "192.0.2.1"},
        {"for=2001:db8::2", "2001:db8::2"}, // Nginx's $remote_addr as it is
        {"for=[2001:db8::2]", "2001:db8::2"},
        {"for=192.0.2.1;host=\"a,b;for=192.0.2.9\", for=192.0.2.3", "192.0.2.3 192.0.2.1"},
        {"for=192.0.2.1;host=\"a\\\",b\", for=192.0.2.3", "192.0.2.3 192.0.2.1"},
        {"for=192.0.2.1, for=unknown, for=192.0.2.3", "192.0.2.3"},
        {"for=192.0.2.1, for=_secret, for=192.0.2.3", "192.0.2.3"},
        {"for=192.0.2.1, proto=https, for=192.0.2.3", "192.0.2.3"},
        {"for=192.0.2.1, for=192.0.2.2;for=192.0.2.8, for=192.0.2.3", "192.0.2.3"},
        {"for=192.0.2.1,", ""},
        {"192.0.2.1", ""},
        {"for=", ""},
        {"for", ""},
        {"for=\"", ""},
        {"for = 192.0.2.1", ""},
        {"xfor=192.0.2.1", ""},
        {"for=\"192.0.2.1", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.value));
        CHECK(all_of(forwarded, row.value) == row.seen);
    }
}

TEST_CASE("nothing that a client writes on the left changes what a proxy adds to Forwarded") {
    const char* const added = "for=192.0.2.7;proto=https;host=\"a.example\"";
    for (const char* forged : {"for=\"", "\"", "for=\"192.0.2.8, ", "for=1.2.3.4;host=\"\\", "\\",
                               "\\\"", ",,;;==", "for=\"a\\\"", "\"\"\""}) {
        CAPTURE(std::string(forged));
        const std::string value = std::string(forged) + ", " + added;
        address_header_walk walk(forwarded, value);
        const auto first = walk.next();
        REQUIRE(first);
        CHECK(first->to_string() == "192.0.2.7");
    }
}

TEST_CASE("the client is the first address from the right that no trusted proxy has") {
    CHECK(client_of("192.0.2.9", list, "203.0.113.1") == "192.0.2.9"); // not believed
    CHECK(client_of("10.0.0.1", list, "") == "10.0.0.1");
    CHECK(client_of("10.0.0.1", list, "203.0.113.1") == "203.0.113.1");
    CHECK(client_of("10.0.0.1", list, "198.51.100.1, 203.0.113.1, 10.0.0.2") == "203.0.113.1");
    CHECK(client_of("10.0.0.1", list, "10.0.0.3, 10.0.0.2") == "10.0.0.3");
    CHECK(client_of("10.0.0.1", list, "203.0.113.1, junk, 10.0.0.2") == "10.0.0.2");
    CHECK(client_of("10.0.0.1", single, "203.0.113.1") == "203.0.113.1");
    CHECK(client_of("10.0.0.1", single, "198.51.100.1, 203.0.113.1") == "10.0.0.1");
    CHECK(client_of("fd00::1", forwarded, "for=203.0.113.1, for=\"[fd00::2]:80\"") ==
          "203.0.113.1");
    CHECK(client_of("10.0.0.1", forwarded, "for=203.0.113.1, for=unknown") == "10.0.0.1");
}

TEST_CASE("behind a Unix socket the header tells the peer as well") {
    CHECK(client_of(nullptr, list, "") == "nobody");
    CHECK(client_of(nullptr, list, "junk") == "nobody");
    CHECK(client_of(nullptr, list, "198.51.100.1, 203.0.113.1") == "203.0.113.1");
    CHECK(client_of(nullptr, list, "198.51.100.1, 10.0.0.1") == "198.51.100.1");
    CHECK(client_of(nullptr, forwarded, "for=198.51.100.1") == "198.51.100.1");
}

TEST_CASE("an element of Forwarded is written so that it is read back") {
    CHECK(forwarded_element(ip("192.0.2.1"), "http") == "for=192.0.2.1;proto=http");
    CHECK(forwarded_element(ip("2001:db8::1"), "https") == "for=\"[2001:db8::1]\";proto=https");
    for (const char* text : {"192.0.2.1", "2001:db8::1", "::1"}) {
        const std::string element = forwarded_element(ip(text), "https");
        CHECK(all_of(forwarded, element) == text);
    }
}

TEST_CASE("a very long header costs time in proportion to its length") {
    for (const char* piece : {";", ",", "\"", "\\", "\\\"", "for=1;", ", for=\"\\\\"}) {
        CAPTURE(std::string(piece));
        std::string value;
        while (value.size() < 1'000'000)
            value += piece;
        address_header_walk walk(forwarded, value);
        (void)walk.next(); // quadratic time would take minutes
    }
}

TEST_CASE("headers that only proxies may write are told from others, whatever their spelling") {
    for (const char* name : {"X-Forwarded-For",
                             "x-forwarded-proto",
                             "X-FORWARDED-HOST",
                             "X-Forwarded-Port",
                             "X-Forwarded-Anything",
                             "Forwarded",
                             "X-Real-IP",
                             "CF-Connecting-IP",
                             "True-Client-IP",
                             "X_Forwarded_For",
                             "x_real-ip",
                             "X-Client-IP",
                             "X-Forwarded",
                             "Client-IP",
                             "X-Azure-ClientIP",
                             "X-Envoy-External-Address",
                             "Fly-Client-IP",
                             "X-Original-URL",
                             "X-Rewrite-URL",
                             "X-Remote-Addr",
                             "x_original_url",
                             "Client-Cert",
                             "Remote-User",
                             "X-HTTP-Method-Override"}) {
        CAPTURE(std::string(name));
        CHECK(tells_of_client(name));
    }
    for (const char* name : {"", "X", "X-Request-Id", "X-Forwarde", "Authorization", "User-Agent",
                             "Forwarded-For-Me", "Host", "Via", "Origin", "X-Real", "Cookie"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(tells_of_client(name));
    }
    CHECK(is_same_header("Pulsegate_Connection-ID", "Pulsegate-Connection-Id"));
    CHECK_FALSE(is_same_header("Pulsegate-Connection", "Pulsegate-Connection-Id"));
}
