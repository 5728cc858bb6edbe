#include "session/lifecycle.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};
const close_payload timeout{4001, "timeout"};
const close_payload restart{1012, "service restart"};

bool is_nothing(const closing_orders& orders) {
    return !(orders.close_app || orders.close_client || orders.shut_client || orders.cut_app ||
             orders.cut_client);
}

TEST_CASE("an open session forwards both ways, and waits for nothing") {
    const lifecycle life;
    CHECK(life.is_open());
    CHECK_FALSE(life.has_ended());
    CHECK_FALSE(life.deadline());
    for (const leg one : {leg::client, leg::app}) {
        CHECK(life.may_forward(one));
        CHECK_FALSE(life.is_deaf_to(one));
    }
}

TEST_CASE("a deadline without an end does nothing") {
    lifecycle life;
    CHECK(is_nothing(life.on_deadline(start + 1h)));
    CHECK(life.is_open());
}

TEST_CASE("the code and reason that one side sends reach the other unchanged") {
    for (const close_payload& said : {close_payload{3456, "see you"}, close_payload{0, ""}}) {
        lifecycle by_client;
        CHECK(by_client.on_close_frame(leg::client, said, start).close_app);
        CHECK(by_client.farewell_to(leg::app) == said);
        CHECK(by_client.farewell_to(leg::client) == said);

        lifecycle by_app;
        CHECK(by_app.on_close_frame(leg::app, said, start).close_client);
        CHECK(by_app.farewell_to(leg::client) == said);
        CHECK(by_app.farewell_to(leg::app) == said);
    }
}

TEST_CASE("a Close without a body is told as 1005, an end without a Close as 1006") {
    lifecycle closed;
    (void)closed.on_close_frame(leg::client, {}, start);
    (void)closed.on_close_sent(leg::app, start);
    CHECK(closed.code_of(leg::client) == 1005);
    CHECK(closed.code_of(leg::app) == 1005);

    lifecycle lost;
    (void)lost.on_end(leg::client, start);
    CHECK(lost.code_of(leg::client) == 1006);
    CHECK(lost.code_of(leg::app) == 1006);
}

TEST_CASE("a leg knows the end by the code that it was sent, whatever it sends itself") {
    lifecycle life;
    (void)life.close(close_reason::evicted, timeout, start);
    CHECK(life.code_of(leg::client) == 1006); // ordered is not written
    (void)life.on_close_sent(leg::client, start);
    CHECK(life.code_of(leg::client) == 4001);
    (void)life.on_close_frame(leg::client, {1000, ""}, start);
    CHECK(life.code_of(leg::client) == 4001);
    (void)life.on_close_frame(leg::app, {1001, ""}, start); // crossed with ours, never written
    CHECK(life.code_of(leg::app) == 1001);
}

TEST_CASE("what the application still sends reaches a client that has closed") {
    lifecycle life;
    (void)life.on_close_frame(leg::client, {1000, ""}, start);
    CHECK(life.is_deaf_to(leg::client));
    CHECK_FALSE(life.may_forward(leg::client));
    CHECK(life.may_forward(leg::app));
    CHECK(life.on_close_frame(leg::app, {1000, ""}, start).close_client);
    CHECK_FALSE(life.may_forward(leg::app));
}

TEST_CASE("what the application still sends reaches a client that is drained") {
    lifecycle life;
    const closing_orders first = life.close(close_reason::drained, restart, start);
    CHECK(first.close_app);
    CHECK_FALSE(first.close_client);
    CHECK_FALSE(life.may_forward(leg::client));
    CHECK_FALSE(life.is_deaf_to(leg::client)); // it may send its own Close meanwhile
    CHECK(life.may_forward(leg::app));
    CHECK(life.on_close_frame(leg::app, restart, start + 1s).close_client);
    CHECK(life.farewell_to(leg::client) == restart);
}

TEST_CASE("the client's connection is ended by the gateway, once both Close frames are through") {
    lifecycle life;
    (void)life.on_close_frame(leg::app, {1000, ""}, start);
    CHECK(is_nothing(life.on_close_sent(leg::client, start)));
    CHECK(life.on_close_frame(leg::client, {1000, ""}, start).cut_client);

    lifecycle other_order;
    (void)other_order.on_close_frame(leg::app, {1000, ""}, start);
    CHECK(is_nothing(other_order.on_close_frame(leg::client, {1000, ""}, start)));
    CHECK(other_order.on_close_sent(leg::client, start).cut_client);
}

TEST_CASE("the application ends its connection itself, and is waited for") {
    lifecycle life;
    (void)life.on_close_frame(leg::app, {1000, ""}, start);
    CHECK(is_nothing(life.on_close_sent(leg::app, start)));
    CHECK(life.on_end(leg::app, start).cut_app);
}

TEST_CASE("a client that broke the rules is told so, and its connection is shut before it is cut") {
    for (const close_reason why :
         {close_reason::protocol_error, close_reason::bad_utf8, close_reason::too_big}) {
        lifecycle life;
        CHECK(life.close(why, {}, start).close_client);
        CHECK(life.is_deaf_to(leg::client));
        const closing_orders orders = life.on_close_sent(leg::client, start);
        CHECK(orders.shut_client);
        CHECK_FALSE(orders.cut_client);
        CHECK(life.on_end(leg::client, start).cut_client);
    }
}

TEST_CASE("an application that broke the rules is cut, and not heard any more") {
    lifecycle life;
    const closing_orders orders = life.close(close_reason::app_protocol_error, {}, start);
    CHECK(orders.cut_app);
    CHECK(orders.close_client);
    CHECK(life.is_deaf_to(leg::app));
    CHECK_FALSE(life.is_deaf_to(leg::client));
}

TEST_CASE("a peer has two seconds to answer, a client that was silent a quarter of one") {
    const std::vector<std::pair<close_reason, duration>> rows{
        {close_reason::evicted, 250ms},
        {close_reason::app_timeout, 2s}, // the client was not silent
        {close_reason::protocol_error, 2s},
        {close_reason::app_lost, 2s},
        {close_reason::slow_client, 2s},
    };
    for (const auto& [why, wait] : rows) {
        CAPTURE(std::string(row_of(why).label));
        lifecycle life;
        (void)life.close(why, timeout, start);
        CHECK(life.deadline() == start + wait);
        CHECK(is_nothing(life.on_deadline(start + wait - 1ns)));
        CHECK_FALSE(life.has_ended());
        (void)life.on_deadline(start + wait);
        CHECK(life.has_ended());
        CHECK_FALSE(life.deadline());
    }
}

TEST_CASE("a client that is told late, since its application was slow, still has two seconds") {
    lifecycle life;
    (void)life.close(close_reason::drained, restart, start);
    CHECK(life.on_close_frame(leg::app, restart, start + 1'900ms).close_client);
    CHECK(life.deadline() == start + 3'900ms);
    CHECK(is_nothing(life.on_deadline(start + 2s)));
    CHECK(life.on_deadline(start + 3'900ms).cut_client);
    CHECK(life.has_ended());
}

TEST_CASE("an application that never answers holds up its client for two seconds, no longer") {
    lifecycle life;
    (void)life.close(close_reason::drained, restart, start);
    const closing_orders orders = life.on_deadline(start + 2s);
    CHECK(orders.cut_app);
    CHECK(orders.close_client);
    CHECK_FALSE(orders.cut_client);
    CHECK(life.on_deadline(start + 4s).cut_client);
    CHECK(life.has_ended());
}

TEST_CASE("nothing is forwarded to a leg that was cut without a Close") {
    lifecycle life;
    CHECK(life.on_end(leg::app, start).cut_app);
    CHECK_FALSE(life.may_forward(leg::client));
    CHECK_FALSE(life.is_deaf_to(leg::client)); // its answer to our Close is still to come
}

TEST_CASE("a pong after the deadline does not revive the session") {
    lifecycle life;
    (void)life.close(close_reason::evicted, timeout, start);
    // A pong is nothing that a lifecycle hears of; a Close that answers late is.
    (void)life.on_deadline(start + lifecycle::silent_close_wait);
    CHECK(life.has_ended());
    CHECK(is_nothing(life.on_close_frame(leg::client, {1000, ""}, start + 1s)));
    CHECK(life.has_ended());
    CHECK(life.reason() == close_reason::evicted);
}

TEST_CASE(
    "a client that breaks the rules while the session is ending is not listened to any more") {
    lifecycle life;
    (void)life.on_close_frame(leg::app, {1000, ""}, start);
    CHECK_FALSE(life.is_deaf_to(leg::client));
    CHECK(is_nothing(life.close(close_reason::protocol_error, {}, start)));
    CHECK(life.is_deaf_to(leg::client));
    CHECK(life.reason() == close_reason::app_closed);
    CHECK(life.farewell_to(leg::client).code == 1000);
    // Its answer will never be understood, so it is told that nothing more comes.
    CHECK(life.on_close_sent(leg::client, start).shut_client);

    lifecycle told_before;
    (void)told_before.on_close_frame(leg::app, {1000, ""}, start);
    CHECK(is_nothing(told_before.on_close_sent(leg::client, start)));
    CHECK(told_before.close(close_reason::too_big, {}, start).shut_client);
    CHECK(is_nothing(told_before.close(close_reason::too_big, {}, start)));
}

TEST_CASE("an application that breaks the rules while the session is ending holds up no one") {
    lifecycle life;
    (void)life.close(close_reason::drained, restart, start);
    CHECK(life.close(close_reason::app_protocol_error, {}, start).close_client);
    CHECK(life.farewell_to(leg::client) == restart);
    CHECK(life.is_deaf_to(leg::app));
    CHECK_FALSE(life.may_forward(leg::app));
}

TEST_CASE("the first reason wins") {
    lifecycle life;
    (void)life.close(close_reason::evicted, timeout, start);
    CHECK(is_nothing(life.close(close_reason::drained, restart, start + 1ms)));
    (void)life.on_close_frame(leg::app, {1000, "bye"}, start + 2ms);
    (void)life.on_end(leg::client, start + 3ms);
    CHECK(life.reason() == close_reason::evicted);
    CHECK(life.farewell_to(leg::app) == timeout);
    CHECK(life.farewell_to(leg::client) == timeout);
}

} // namespace
} // namespace pulsegate
