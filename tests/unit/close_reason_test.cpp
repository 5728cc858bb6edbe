#include "session/close_reason.hpp"
#include "websocket/close_payload.hpp"
#include "websocket/frame_header.hpp"
#include "websocket/utf8.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

namespace pulsegate {
namespace {

TEST_CASE("every close reason has a row, in the order of the enumeration") {
    CHECK(close_reasons().size() == close_reason_count);
    CHECK(static_cast<std::size_t>(close_reason::shutdown) == close_reason_count - 1);
    for (std::size_t i = 0; i < close_reasons().size(); ++i) {
        CHECK(static_cast<std::size_t>(close_reasons()[i].reason) == i);
        CHECK(&row_of(static_cast<close_reason>(i)) == &close_reasons()[i]);
    }
}

TEST_CASE("the labels of close reasons are different, and fit for metrics") {
    std::set<std::string_view> labels;
    for (const close_reason_row& row : close_reasons()) {
        CAPTURE(std::string(row.label));
        CHECK(labels.insert(row.label).second);
        CHECK(row.label.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") ==
              row.label.npos);
        CHECK(row.label.front() != '_');
        CHECK(row.label.back() != '_');
        CHECK(row.label.find("__") == row.label.npos);
    }
}

TEST_CASE("every close reason says in one sentence what it means, no two the same") {
    std::set<std::string_view> meanings;
    for (const close_reason_row& row : close_reasons()) {
        CAPTURE(std::string(row.label));
        CHECK(row.meaning.size() > 20);
        CHECK(row.meaning.back() != '.');
        CHECK(meanings.insert(row.meaning).second);
    }
}

TEST_CASE("a fixed farewell is a Close frame that may be sent, and is there where it is used") {
    for (const close_reason_row& row : close_reasons()) {
        CAPTURE(std::string(row.label));
        const bool is_used = row.to_client == farewell::fixed || row.to_app == farewell::fixed;
        CHECK((row.fixed.code != 0) == is_used);
        if (!is_used)
            continue;
        CHECK(is_valid_close_code(row.fixed.code));
        CHECK_FALSE(row.fixed.reason.empty());
        CHECK(row.fixed.reason.size() <= max_control_payload_bytes - 2);
        CHECK(is_valid_utf8(row.fixed.reason));
    }
}

TEST_CASE("no close reason of the gateway uses 1011, which says that the application broke") {
    for (const close_reason_row& row : close_reasons())
        CHECK(row.fixed.code != 1011);
}

TEST_CASE("trouble with the application is told to the client as 1014, bad gateway") {
    for (const close_reason reason : {close_reason::app_lost, close_reason::app_timeout,
                                      close_reason::app_protocol_error, close_reason::slow_app}) {
        const close_reason_row& row = row_of(reason);
        CAPTURE(std::string(row.label));
        CHECK(row.to_client == farewell::fixed);
        CHECK(row.fixed.code == 1014);
        CHECK(row.client_should == comeback::with_backoff);
    }
}

TEST_CASE("only a peer that sent a Close is answered, and the other one hears what it said") {
    for (const close_reason_row& row : close_reasons()) {
        CAPTURE(std::string(row.label));
        CHECK((row.to_client == farewell::answer) == (row.reason == close_reason::client_closed));
        CHECK((row.to_app == farewell::answer) == (row.reason == close_reason::app_closed));
        CHECK((row.to_client == farewell::carried) == (row.reason == close_reason::app_closed));
        CHECK((row.to_app == farewell::carried) == (row.reason == close_reason::client_closed));
    }
}

TEST_CASE("ends that somebody planned ask the client to come back, with the code for that") {
    const close_reason_row& row = row_of(close_reason::admin);
    CHECK(row.fixed.code == 1012);
    CHECK(row.fixed.reason == "closed by administrator");
    for (const close_reason reason :
         {close_reason::admin, close_reason::drained, close_reason::age})
        CHECK(row_of(reason).client_should == comeback::at_once);
}

TEST_CASE("a client that broke the rules is told with the code of RFC 6455 for it") {
    CHECK(row_of(close_reason::protocol_error).fixed.code == 1002);
    CHECK(row_of(close_reason::bad_utf8).fixed.code == 1007);
    CHECK(row_of(close_reason::too_big).fixed.code == 1009);
}

} // namespace
} // namespace pulsegate
