// HTTP messages to and from bytes, against Beast's own serializer.
#include "base/bytes.hpp"
#include "http/http_bytes.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include <doctest/doctest.h>

#include <sstream>

namespace pulsegate::test {
namespace {

template <class Message>
std::string as_beast_writes(const Message& message) {
    std::ostringstream text;
    text << message;
    return text.str();
}

upgrade_request some_request() {
    upgrade_request request(http::verb::get, "/chat?room=1", 11);
    request.set(http::field::host, "example.org");
    request.insert("X-Twice", "one");
    request.insert("X-Twice", "two");
    request.set("X-Empty", "");
    request.set("x-small-letters", "kept as they are");
    return request;
}

upgrade_response some_response(http::status status, std::string body) {
    upgrade_response response(status, 11);
    response.set(http::field::server, "some");
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

} // namespace

TEST_SUITE("HTTP bytes") {

    TEST_CASE("messages are written as Beast writes them") {
        CHECK(to_bytes(some_request()) == as_beast_writes(some_request()));
        upgrade_request old = some_request();
        old.version(10);
        CHECK(to_bytes(old) == as_beast_writes(old));
        for (const auto& response : {some_response(http::status::switching_protocols, ""),
                                     some_response(http::status::no_content, ""),
                                     some_response(http::status::not_found, "a line\n")})
            CHECK(to_bytes(response) == as_beast_writes(response));
        upgrade_response unusual = some_response(http::status::ok, "");
        unusual.result(299u);
        unusual.reason("In its own words");
        CHECK(to_bytes(unusual) == as_beast_writes(unusual));
    }

    TEST_CASE("a header is parsed from any pieces, and what follows it stays") {
        const std::string header = to_bytes(some_request());
        const std::string text = header + "first frames";
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            CAPTURE(cut);
            http::request_parser<http::empty_body> parser;
            unparsed_bytes bytes;
            error_code error;
            std::size_t parsed = 0;
            append(bytes, as_bytes(std::string_view(text).substr(0, cut)));
            parsed += parse(parser, bytes, error);
            REQUIRE_FALSE(error);
            CHECK(parser.is_header_done() == (cut >= header.size()));
            append(bytes, as_bytes(std::string_view(text).substr(cut)));
            parsed += parse(parser, bytes, error);
            REQUIRE_FALSE(error);
            REQUIRE(parser.is_header_done());
            CHECK(parsed == header.size());
            CHECK(contents(bytes) == "first frames");
            CHECK(to_bytes(parser.get()) == header);
        }
    }

    TEST_CASE("an eager parser takes the body as well") {
        const std::string text = to_bytes(some_response(http::status::not_found, "not here\n"));
        http::response_parser<http::string_body> parser;
        unparsed_bytes bytes;
        error_code error;
        append(bytes, as_bytes(text + "more"));
        parse(parser, bytes, error);
        REQUIRE(parser.is_header_done());
        CHECK_FALSE(parser.is_done());
        parser.eager(true);
        parse(parser, bytes, error);
        REQUIRE_FALSE(error);
        REQUIRE(parser.is_done());
        CHECK(parser.get().body() == "not here\n");
        CHECK(contents(bytes) == "more");
    }

    TEST_CASE("a status line that ends with its code is taken, in any pieces") {
        const std::string text = "HTTP/1.1 101\r\nUpgrade: websocket\r\n\r\nframes";
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            CAPTURE(cut);
            http::response_parser<http::string_body> parser;
            unparsed_bytes bytes;
            error_code error;
            append(bytes, as_bytes(std::string_view(text).substr(0, cut)));
            if (complete_status_line(bytes))
                parse(parser, bytes, error);
            else
                CHECK(cut < 14);
            REQUIRE_FALSE(error);
            append(bytes, as_bytes(std::string_view(text).substr(cut)));
            if (cut < 14)
                CHECK(complete_status_line(bytes));
            parse(parser, bytes, error);
            REQUIRE_FALSE(error);
            REQUIRE(parser.is_header_done());
            CHECK(parser.get().result_int() == 101);
            CHECK(parser.get().reason() == "Switching Protocols"); // Beast's, of none
            CHECK(contents(bytes) == "frames");
        }
    }

    TEST_CASE("other beginnings of an answer stay as they are") {
        for (const std::string text :
             {"HTTP/1.1 101 \r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
              "HTTP/1.1 1012\r\n\r\n", "\x81\x05hello", "HTTPS", "HTTP/2 101\r\n\r\n"}) {
            CAPTURE(text);
            unparsed_bytes bytes;
            append(bytes, as_bytes(text));
            CHECK(complete_status_line(bytes));
            CHECK(contents(bytes) == text);
        }
    }

    TEST_CASE("what is no HTTP is an error") {
        http::request_parser<http::empty_body> parser;
        unparsed_bytes bytes;
        error_code error;
        append(bytes, as_bytes("\x16\x03\x01 no HTTP\r\n\r\n"));
        parse(parser, bytes, error);
        CHECK(error);
    }
}

} // namespace pulsegate::test
