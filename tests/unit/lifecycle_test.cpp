#include "session/lifecycle.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

const close_payload timeout{4001, "timeout"};
const close_payload restart{1012, "service restart"};

TEST_CASE("an open session forwards both ways") {
    const lifecycle life;
    CHECK(life.is_open());
    CHECK_FALSE(life.has_ended());
    for (const leg one : {leg::client, leg::app}) {
        CHECK(life.may_forward(one));
        CHECK_FALSE(life.is_deaf_to(one));
        CHECK_FALSE(life.is_done(one));
    }
}

TEST_CASE("the code and reason that one side sends reach the other unchanged") {
    for (const close_payload& said : {close_payload{3456, "see you"}, close_payload{0, ""}}) {
        lifecycle by_client;
        const closing_orders first = by_client.on_close_frame(leg::client, said);
        CHECK(first.app.close);
        CHECK_FALSE(first.client.any()); // it is answered by the application
        CHECK(by_client.farewell_to(leg::app) == said);

        lifecycle by_app;
        const closing_orders other = by_app.on_close_frame(leg::app, said);
        CHECK(other.client.close);
        CHECK_FALSE(other.app.any());
        CHECK(by_app.farewell_to(leg::client) == said);
    }
}

TEST_CASE("the answer to a Close goes back to who sent it; without one its own Close does") {
    for (const bool is_answered : {true, false}) {
        CAPTURE(is_answered);
        lifecycle life;
        (void)life.on_close_frame(leg::client, {1000, "bye"});
        const closing_orders orders = is_answered ? life.on_close_frame(leg::app, {4005, "no"})
                                                  : life.on_end(leg::app, leg_end::broken);
        CHECK(orders.client.close);
        CHECK(life.farewell_to(leg::client).code == (is_answered ? 4005 : 1000));
    }
}

TEST_CASE("a Close without a body is told as 1005, an end without a Close as 1006") {
    lifecycle closed;
    (void)closed.on_close_frame(leg::client, {});
    (void)closed.on_told(leg::app);
    CHECK(closed.code_of(leg::client) == 1005);
    CHECK(closed.code_of(leg::app) == 1005);

    lifecycle lost;
    (void)lost.on_end(leg::client, leg_end::orderly);
    (void)lost.on_told(leg::app);
    CHECK(lost.code_of(leg::client) == 1006);
    CHECK(lost.code_of(leg::app) == 1006);
}

TEST_CASE("a leg knows the end by the code that it was sent, whatever it sends itself") {
    lifecycle life;
    (void)life.close(close_reason::evicted, {timeout, timeout});
    CHECK(life.code_of(leg::client) == 1006); // ordered is not written
    (void)life.on_told(leg::client);
    CHECK(life.code_of(leg::client) == 4001);
    (void)life.on_close_frame(leg::client, {1000, ""});
    CHECK(life.code_of(leg::client) == 4001);
    (void)life.on_close_frame(leg::app, {1001, ""}); // crossed with ours, never written
    CHECK(life.code_of(leg::app) == 1001);
}

TEST_CASE("frames flow on to whoever has sent a Close until the other one's Close comes") {
    for (const leg first : {leg::client, leg::app}) {
        lifecycle life;
        (void)life.on_close_frame(first, {1000, ""});
        CHECK(life.is_deaf_to(first));
        CHECK_FALSE(life.may_forward(first));
        CHECK(life.may_forward(other(first)));
        (void)life.on_close_frame(other(first), {1000, ""});
        CHECK_FALSE(life.may_forward(other(first)));
    }
}

TEST_CASE("what the application still sends reaches a client that is drained") {
    lifecycle life;
    const closing_orders first = life.close(close_reason::drained, {restart, restart});
    CHECK(first.app.close);
    CHECK_FALSE(first.client.any());
    CHECK_FALSE(life.may_forward(leg::client));
    CHECK_FALSE(life.is_deaf_to(leg::client)); // it may send its own Close meanwhile
    CHECK(life.may_forward(leg::app));
    CHECK(life.on_close_frame(leg::app, restart).client.close);
    CHECK(life.farewell_to(leg::client) == restart);
}

TEST_CASE("the client's connection is ended by the gateway, once both Close frames are through") {
    for (const bool is_told_first : {true, false}) {
        lifecycle life;
        (void)life.on_close_frame(leg::app, {1000, ""});
        if (is_told_first) {
            CHECK_FALSE(life.on_told(leg::client).any());
            CHECK(life.on_close_frame(leg::client, {1000, ""}).client.leave);
        } else {
            CHECK_FALSE(life.on_close_frame(leg::client, {1000, ""}).client.any());
            CHECK(life.on_told(leg::client).client.leave);
        }
    }
}

TEST_CASE("the application ends its connection itself, and is waited for") {
    lifecycle life;
    (void)life.on_close_frame(leg::client, {1000, ""});
    (void)life.on_told(leg::app);
    CHECK_FALSE(life.on_close_frame(leg::app, {1000, ""}).app.any());
    CHECK(life.on_end(leg::app, leg_end::orderly).app.cut);
}

TEST_CASE("who broke the rules is told so, and left once it was") {
    for (const close_reason why :
         {close_reason::protocol_error, close_reason::bad_utf8, close_reason::too_big}) {
        lifecycle life;
        CHECK(life.close(why, {}).app.close); // which answers what came before
        CHECK(life.is_deaf_to(leg::client));
        CHECK(life.may_forward(leg::app));
        CHECK(life.on_close_frame(leg::app, {1000, ""}).client.close);
        CHECK(life.on_told(leg::client).client.leave);
        CHECK(life.is_done(leg::client));
    }
    lifecycle by_app;
    const closing_orders orders =
        by_app.close(close_reason::app_protocol_error, {{1014, ""}, {1002, ""}});
    CHECK(orders.app.close);
    CHECK(orders.client.close);
    CHECK(by_app.farewell_to(leg::app).code == 1002);
    CHECK(by_app.farewell_to(leg::client).code == 1014);
    CHECK(by_app.on_told(leg::app).app.leave);
}

TEST_CASE("a half closed client is still told, a broken one is cut") {
    lifecycle life;
    (void)life.on_close_frame(leg::client, {1000, ""});
    CHECK_FALSE(life.on_end(leg::client, leg_end::orderly).any());
    CHECK(life.on_close_frame(leg::app, {1000, ""}).client.close);
    CHECK(life.on_told(leg::client).client.cut);

    lifecycle broken;
    (void)broken.on_close_frame(leg::client, {1000, ""});
    CHECK(broken.on_end(leg::client, leg_end::broken).client.cut);
    CHECK_FALSE(broken.is_done(leg::app));
}

TEST_CASE("the application of a client that is gone is left when it has taken everything") {
    lifecycle life;
    const closing_orders orders = life.on_end(leg::client, leg_end::broken);
    CHECK(orders.client.cut);
    CHECK(orders.app.flush);
    CHECK_FALSE(life.has_ended());
    CHECK(life.on_told(leg::app).app.leave);
    CHECK(life.has_ended());
}

TEST_CASE("a client that ends its side without a Close still hears what the application says") {
    lifecycle life;
    CHECK(life.on_end(leg::client, leg_end::orderly).app.flush);
    const closing_orders orders = life.on_told(leg::app);
    CHECK(orders.app.shut);
    CHECK_FALSE(orders.app.leave);
    CHECK(life.may_forward(leg::app));
    const closing_orders last = life.on_end(leg::app, leg_end::orderly);
    CHECK(last.app.cut);
    CHECK(last.client.flush);
    CHECK(life.on_told(leg::client).client.cut);
    CHECK(life.has_ended());
    CHECK(life.code_of(leg::client) == 1006);
}

TEST_CASE("a leg whose frame can never be finished is shut instead, and still heard") {
    lifecycle life;
    (void)life.close(close_reason::bad_utf8, {});
    CHECK(life.on_stuck(leg::app).app.shut);
    CHECK_FALSE(life.is_done(leg::app));
    CHECK_FALSE(life.on_stuck(leg::app).any());
    const closing_orders orders = life.on_close_frame(leg::app, {1000, ""});
    CHECK(orders.app.leave);
    CHECK_FALSE(orders.app.shut); // it is
    CHECK(orders.client.close);

    lifecycle alone; // nobody is left to be told what it would still say
    (void)alone.on_end(leg::app, leg_end::orderly);
    const closing_orders last = alone.on_stuck(leg::client);
    CHECK(last.client.shut);
    CHECK(last.client.leave);
}

TEST_CASE("a leg that has had its time is left if it was told, else cut, and the other one told") {
    lifecycle life;
    (void)life.close(close_reason::drained, {restart, restart});
    const closing_orders untold = life.on_expired(leg::app);
    CHECK(untold.app.cut);
    CHECK(untold.client.close);
    (void)life.on_told(leg::client);
    CHECK(life.on_expired(leg::client).client.leave);
    CHECK(life.has_ended());
    CHECK_FALSE(life.on_expired(leg::client).any());
}

TEST_CASE("an application that answers but does not hang up is cut when its time is up") {
    lifecycle life;
    (void)life.on_close_frame(leg::client, {1000, ""});
    (void)life.on_told(leg::app);
    (void)life.on_close_frame(leg::app, {1000, ""});
    CHECK(life.on_expired(leg::app).app.cut);
}

TEST_CASE("nothing is forwarded to a leg that was cut without a Close") {
    lifecycle life;
    CHECK(life.on_end(leg::app, leg_end::orderly).app.cut);
    CHECK_FALSE(life.may_forward(leg::client));
    CHECK_FALSE(life.is_deaf_to(leg::client)); // its answer to our Close is still to come
}

TEST_CASE(
    "a client that breaks the rules while the session is ending is not listened to any more") {
    lifecycle life;
    (void)life.on_close_frame(leg::app, {1000, ""});
    CHECK_FALSE(life.is_deaf_to(leg::client));
    CHECK(life.close(close_reason::protocol_error, {}).app.close); // no answer will come for it
    CHECK(life.is_deaf_to(leg::client));
    CHECK(life.reason() == close_reason::app_closed);
    CHECK(life.farewell_to(leg::client).code == 1000);
    CHECK(life.on_told(leg::client).client.leave);
}

TEST_CASE("the first reason wins") {
    lifecycle life;
    (void)life.close(close_reason::evicted, {timeout, timeout});
    CHECK_FALSE(life.close(close_reason::drained, {restart, restart}).any());
    (void)life.on_close_frame(leg::app, {1000, "bye"});
    (void)life.on_end(leg::client, leg_end::orderly);
    CHECK(life.reason() == close_reason::evicted);
    CHECK(life.farewell_to(leg::app) == timeout);
    CHECK(life.farewell_to(leg::client) == timeout);
}

} // namespace
} // namespace pulsegate
