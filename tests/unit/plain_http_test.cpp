#include "http/body_relay.hpp"
#include "http/plain_answer.hpp"
#include "http/plain_request.hpp"

#include "base/bytes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pulsegate;

namespace {

template <bool IsRequest>
struct read_message {
    message_reader<IsRequest> reader;
    unparsed_bytes rest;
    error_code error;
};

/// A message read up to the end of its head.
template <bool IsRequest>
void read_head(read_message<IsRequest>& in, std::string_view text) {
    append(in.rest, as_bytes(text));
    parse(in.reader, in.rest, in.error);
    REQUIRE(!in.error);
    REQUIRE(in.reader.is_header_done());
}

upgrade_request request_of(std::string_view text) {
    read_message<true> in;
    read_head(in, text);
    return in.reader.release();
}

plain_answer answer_of(std::string_view text) {
    read_message<false> in;
    read_head(in, text);
    return in.reader.release();
}

/// The body in another framing, if it comes in parts of this size.
std::string relayed(std::string_view text, std::size_t part, body_framing as) {
    read_message<false> in;
    const std::size_t head = text.find("\r\n\r\n") + 4;
    read_head(in, text.substr(0, head));
    std::string out;
    std::string waiting;
    for (std::size_t at = head; at < text.size(); at += part) {
        waiting += text.substr(at, part);
        body_pieces pieces;
        std::size_t taken = 0;
        bool is_full = false;
        do {
            taken += in.reader.read_body(as_bytes(waiting).subspan(taken), pieces, in.error);
            REQUIRE(!in.error);
            is_full = pieces.is_full();
            framed_pieces framed;
            framed.add(pieces, as);
            for (const iovec& each : framed.all())
                out.append(static_cast<const char*>(each.iov_base), each.iov_len);
        } while (is_full);
        waiting.erase(0, taken);
    }
    CHECK(in.reader.is_done());
    return out + end_of_body(as, in.reader.trailers());
}

} // namespace

TEST_SUITE("plain HTTP") {

    TEST_CASE("a body comes out whole, however it came in") {
        std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        std::string body;
        for (int i = 0; i < 300; ++i) { // more pieces than there is room for at once
            chunks += "1;x=y\r\n" + std::string(1, static_cast<char>('a' + i % 26)) + "\r\n";
            body += static_cast<char>('a' + i % 26);
        }
        chunks += "0\r\nX-Sum: 7\r\n\r\n";
        for (const std::size_t part : {1u, 2u, 3u, 7u, 64u, 10'000u}) {
            CAPTURE(part);
            CHECK(relayed(chunks, part, body_framing::until_close) == body);
            // And in chunks again, of other sizes.
            const std::string again = relayed(chunks, part, body_framing::chunked);
            CHECK(again.ends_with("0\r\nX-Sum: 7\r\n\r\n"));
            const std::string whole =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + again;
            CHECK(relayed(whole, 10'000, body_framing::until_close) == body);
        }
    }

    TEST_CASE("a request reaches the application with the framing that was read here") {
        const auto request = request_of("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                        "Connection: close, Content-Length, X-Own\r\nX-Own: 1\r\n"
                                        "Keep-Alive: 5\r\nTE: trailers\r\n\r\n");
        const auto sent = make_plain_app_request(request, false, true);
        CHECK(sent["Content-Length"] == "3");
        for (const char* gone : {"Connection", "X-Own", "Keep-Alive", "TE", "Transfer-Encoding"})
            CHECK(sent.count(gone) == 0);
        CHECK(make_plain_app_request(request, false, false)["Connection"] == "close");
        const auto old = request_of("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n");
        CHECK(make_plain_app_request(old, false, true).count("Expect") == 0);
        CHECK(make_plain_app_request(old, false, true).version() == 11);
    }

    TEST_CASE("lines that servers read in different ways are seen") {
        for (const char* odd : {"GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n",
                                "A: b\r\n\tc\r\n\r\n", "\nA: b\r\n"})
            CHECK(has_odd_line(odd));
        for (const char* fine :
             {"GET / HTTP/1.1\r\nHost: a\r\n\r\n\n a", "GET / HTTP/1.1\r\nHo", ""})
            CHECK(!has_odd_line(fine));
    }

    TEST_CASE("the framing of an answer is that which its client knows") {
        const auto length = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
        const auto chunked = answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const auto empty = answer_of("HTTP/1.1 304 X\r\nContent-Length: 3\r\n\r\n");
        CHECK(framing_for(length, {}) == body_framing::length);
        CHECK(framing_for(chunked, {}) == body_framing::chunked);
        CHECK(framing_for(chunked, {.is_http_1_0 = true}) == body_framing::until_close);
        CHECK(framing_for(length, {.is_head = true}) == body_framing::none);
        CHECK(framing_for(empty, {}) == body_framing::none);
        CHECK(plain_head(empty, {}, body_framing::none, true, "").find("Content-Length: 3") !=
              std::string::npos);
    }

    TEST_CASE("graphql-sse's `Content-Encoding: none` does not keep its stream from comments") {
        CHECK(is_event_stream(answer_of("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                        "Content-Encoding: none\r\n\r\n")));
    }

    TEST_CASE("an event stream is one whose lines can be seen") {
        const std::string head =
            "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream ;charset=utf-8\r\n";
        CHECK(is_event_stream(answer_of(head + "\r\n")));
        CHECK(is_event_stream(answer_of(head + "Content-Encoding: identity\r\n\r\n")));
        CHECK(!is_event_stream(answer_of(head + "Content-Encoding: gzip\r\n\r\n")));
        CHECK(!is_event_stream(answer_of(head + "Content-Length: 9\r\n\r\n")));
        CHECK(!is_event_stream(
            answer_of("HTTP/1.1 200 OK\r\nContent-Type: text/event-streams\r\n\r\n")));
        CHECK(!is_event_stream(
            answer_of("HTTP/1.1 204 X\r\nContent-Type: text/event-stream\r\n\r\n")));
    }

    TEST_CASE("methods whose effect is the same if they come twice") {
        CHECK(is_idempotent(http::verb::get));
        CHECK(is_idempotent(http::verb::put));
        CHECK(!is_idempotent(http::verb::post));
        CHECK(!is_idempotent(http::verb::patch));
        CHECK(!is_idempotent(http::verb::unknown));
    }
}
