#include "support/closing_trial.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::closing_trial;

enum class course { all_answer, nobody_answers, client_gone, app_gone };

struct ending_row {
    close_reason why;
    course what;
    // Milliseconds and orders. A peer answers a Close after 10 ms, and the application then ends
    // TCP 10 ms later; who is gone is so after 5 ms, with a reset.
    std::string trace;
    int client_code;
    int app_code;
};

using enum close_reason;
using enum course;

const std::vector<ending_row> rows{
    {client_closed, all_answer,
     "0 close app 3001, 10 close client 3001, 10 shut client, 10 left client, 20 cut app", 3001,
     3001},
    {client_closed, nobody_answers,
     "0 close app 3001, 2000 shut app, 2000 left app, 2000 close client 3001, 2000 shut client, "
     "2000 left client",
     3001, 3001},
    {client_closed, client_gone, "0 close app 3001, 5 cut client, 20 cut app", 3001, 3001},
    {client_closed, app_gone,
     "0 close app 3001, 5 cut app, 5 close client 3001, 5 shut client, 5 left client", 3001, 3001},
    {app_closed, all_answer,
     "0 close client 3002, 10 close app 3002, 10 shut client, 10 left client, 20 cut app", 3002,
     3002},
    {app_closed, nobody_answers,
     "0 close client 3002, 2000 close app 3002, 2000 left client, 2010 cut app", 3002, 3002},
    {app_closed, client_gone, "0 close client 3002, 5 close app 3002, 5 cut client, 15 cut app",
     3002, 3002},
    {app_closed, app_gone, "0 close client 3002, 5 cut app, 10 shut client, 10 left client", 3002,
     3002},
    {client_lost, all_answer, "0 shut app, 0 left app, 0 cut client", 1006, 1006},
    {client_lost, nobody_answers, "0 shut app, 0 left app, 0 cut client", 1006, 1006},
    {client_lost, client_gone, "0 shut app, 0 left app, 0 cut client", 1006, 1006},
    {client_lost, app_gone, "0 shut app, 0 left app, 0 cut client", 1006, 1006},
    {app_lost, all_answer, "0 cut app, 0 close client 1014, 10 shut client, 10 left client", 1014,
     1006},
    {app_lost, nobody_answers, "0 cut app, 0 close client 1014, 2000 left client", 1014, 1006},
    {app_lost, client_gone, "0 cut app, 0 close client 1014, 5 cut client", 1014, 1006},
    {app_lost, app_gone, "0 cut app, 0 close client 1014, 10 shut client, 10 left client", 1014,
     1006},
    {evicted, all_answer,
     "0 close app 4001, 0 close client 4001, 10 shut client, 10 left client, 20 cut app", 4001,
     4001},
    {evicted, nobody_answers,
     "0 close app 4001, 0 close client 4001, 250 left client, 2000 shut app, 2000 left app", 4001,
     4001},
    {evicted, client_gone, "0 close app 4001, 0 close client 4001, 5 cut client, 20 cut app", 4001,
     4001},
    {evicted, app_gone,
     "0 close app 4001, 0 close client 4001, 5 cut app, 10 shut client, 10 left client", 4001,
     4001},
    {app_timeout, all_answer,
     "0 close app 4001, 0 close client 1014, 10 shut client, 10 left client, 20 cut app", 1014,
     4001},
    {app_timeout, nobody_answers,
     "0 close app 4001, 0 close client 1014, 2000 left client, 2000 shut app, 2000 left app", 1014,
     4001},
    {app_timeout, client_gone, "0 close app 4001, 0 close client 1014, 5 cut client, 20 cut app",
     1014, 4001},
    {app_timeout, app_gone,
     "0 close app 4001, 0 close client 1014, 5 cut app, 10 shut client, 10 left client", 1014,
     4001},
    {protocol_error, all_answer,
     "0 close app 1002, 10 close client 1002, 10 shut client, 10 left client, 20 cut app", 1002,
     1002},
    {protocol_error, nobody_answers,
     "0 close app 1002, 2000 shut app, 2000 left app, 2000 close client 1002, 2000 shut client, "
     "2000 left client",
     1002, 1002},
    {protocol_error, client_gone, "0 close app 1002, 5 cut client, 20 cut app", 1006, 1002},
    {protocol_error, app_gone,
     "0 close app 1002, 5 cut app, 5 close client 1002, 5 shut client, 5 left client", 1002, 1002},
    {bad_utf8, all_answer,
     "0 close app 1007, 10 close client 1007, 10 shut client, 10 left client, 20 cut app", 1007,
     1007},
    {bad_utf8, nobody_answers,
     "0 close app 1007, 2000 shut app, 2000 left app, 2000 close client 1007, 2000 shut client, "
     "2000 left client",
     1007, 1007},
    {bad_utf8, client_gone, "0 close app 1007, 5 cut client, 20 cut app", 1006, 1007},
    {bad_utf8, app_gone,
     "0 close app 1007, 5 cut app, 5 close client 1007, 5 shut client, 5 left client", 1007, 1007},
    {too_big, all_answer,
     "0 close app 1009, 10 close client 1009, 10 shut client, 10 left client, 20 cut app", 1009,
     1009},
    {too_big, nobody_answers,
     "0 close app 1009, 2000 shut app, 2000 left app, 2000 close client 1009, 2000 shut client, "
     "2000 left client",
     1009, 1009},
    {too_big, client_gone, "0 close app 1009, 5 cut client, 20 cut app", 1006, 1009},
    {too_big, app_gone,
     "0 close app 1009, 5 cut app, 5 close client 1009, 5 shut client, 5 left client", 1009, 1009},
    {app_protocol_error, all_answer,
     "0 close app 1002, 0 shut app, 0 left app, 0 close client 1014, 10 shut client, 10 left "
     "client",
     1014, 1002},
    {app_protocol_error, nobody_answers,
     "0 close app 1002, 0 shut app, 0 left app, 0 close client 1014, 2000 left client", 1014, 1002},
    {app_protocol_error, client_gone,
     "0 close app 1002, 0 shut app, 0 left app, 0 close client 1014, 5 cut client", 1014, 1002},
    {app_protocol_error, app_gone,
     "0 close app 1002, 0 shut app, 0 left app, 0 close client 1014, 10 shut client, 10 left "
     "client",
     1014, 1002},
    {slow_client, all_answer, "0 close app 1008, 0 cut client, 20 cut app", 1006, 1008},
    {slow_client, nobody_answers, "0 close app 1008, 0 cut client, 2000 shut app, 2000 left app",
     1006, 1008},
    {slow_client, client_gone, "0 close app 1008, 0 cut client, 20 cut app", 1006, 1008},
    {slow_client, app_gone, "0 close app 1008, 0 cut client, 5 cut app", 1006, 1008},
    {slow_app, all_answer, "0 cut app, 0 close client 1014, 10 shut client, 10 left client", 1014,
     1006},
    {slow_app, nobody_answers, "0 cut app, 0 close client 1014, 2000 left client", 1014, 1006},
    {slow_app, client_gone, "0 cut app, 0 close client 1014, 5 cut client", 1014, 1006},
    {slow_app, app_gone, "0 cut app, 0 close client 1014, 10 shut client, 10 left client", 1014,
     1006},
    {rate_exceeded, all_answer,
     "0 close app 1008, 10 close client 1008, 20 shut client, 20 left client, 20 cut app", 1008,
     1008},
    {rate_exceeded, nobody_answers,
     "0 close app 1008, 2000 shut app, 2000 left app, 2000 close client 1008, 4000 left client",
     1008, 1008},
    {rate_exceeded, client_gone, "0 close app 1008, 5 cut client, 20 cut app", 1006, 1008},
    {rate_exceeded, app_gone,
     "0 close app 1008, 5 cut app, 5 close client 1008, 15 shut client, 15 left client", 1008,
     1008},
    {drained, all_answer,
     "0 close app 1012, 10 close client 1012, 20 shut client, 20 left client, 20 cut app", 1012,
     1012},
    {drained, nobody_answers,
     "0 close app 1012, 2000 shut app, 2000 left app, 2000 close client 1012, 4000 left client",
     1012, 1012},
    {drained, client_gone, "0 close app 1012, 5 cut client, 20 cut app", 1006, 1012},
    {drained, app_gone,
     "0 close app 1012, 5 cut app, 5 close client 1012, 15 shut client, 15 left client", 1012,
     1012},
    {age, all_answer,
     "0 close app 1012, 10 close client 1012, 20 shut client, 20 left client, 20 cut app", 1012,
     1012},
    {age, nobody_answers,
     "0 close app 1012, 2000 shut app, 2000 left app, 2000 close client 1012, 4000 left client",
     1012, 1012},
    {age, client_gone, "0 close app 1012, 5 cut client, 20 cut app", 1006, 1012},
    {age, app_gone,
     "0 close app 1012, 5 cut app, 5 close client 1012, 15 shut client, 15 left client", 1012,
     1012},
    {admin, all_answer,
     "0 close app 1012, 10 close client 1012, 20 shut client, 20 left client, 20 cut app", 1012,
     1012},
    {admin, nobody_answers,
     "0 close app 1012, 2000 shut app, 2000 left app, 2000 close client 1012, 4000 left client",
     1012, 1012},
    {admin, client_gone, "0 close app 1012, 5 cut client, 20 cut app", 1006, 1012},
    {admin, app_gone,
     "0 close app 1012, 5 cut app, 5 close client 1012, 15 shut client, 15 left client", 1012,
     1012},
    {shutdown, all_answer, "0 cut app, 0 cut client", 1006, 1006},
    {shutdown, nobody_answers, "0 cut app, 0 cut client", 1006, 1006},
    {shutdown, client_gone, "0 cut app, 0 cut client", 1006, 1006},
    {shutdown, app_gone, "0 cut app, 0 cut client", 1006, 1006},
};

void begin(closing_trial& trial, close_reason why) {
    switch (why) {
    case client_closed:
        return trial.close_frame(leg::client, 3001);
    case app_closed:
        return trial.close_frame(leg::app, 3002);
    case client_lost:
        return trial.end(leg::client);
    case app_lost:
        return trial.end(leg::app);
    default:
        return trial.close(why);
    }
}

TEST_CASE("every close reason gives its orders, whoever answers and whoever is gone") {
    for (const ending_row& row : rows) {
        CAPTURE(std::string(row_of(row.why).label));
        CAPTURE(static_cast<int>(row.what));
        closing_trial trial;
        if (row.what == nobody_answers)
            trial.client.answers = trial.app.answers = false;
        if (row.what == client_gone || row.what == app_gone) {
            const leg gone = row.what == client_gone ? leg::client : leg::app;
            trial.later(milliseconds(5), [&trial, gone] { trial.end(gone); });
        }
        begin(trial, row.why);
        trial.run();
        CHECK(trial.trace() == row.trace);
        CHECK(trial.broken_promise == "");
        CHECK(trial.life().reason() == row.why);
        CHECK(trial.life().code_of(leg::client) == row.client_code);
        CHECK(trial.life().code_of(leg::app) == row.app_code);
    }
}

TEST_CASE("every close reason has its four rows in the table of endings") {
    std::set<std::pair<close_reason, course>> seen;
    for (const ending_row& row : rows)
        CHECK(seen.emplace(row.why, row.what).second);
    CHECK(seen.size() == 4 * close_reason_count);
}

} // namespace
} // namespace pulsegate
