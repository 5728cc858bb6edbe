// Questions to all sessions, and to all workers: one at a time for everybody.
#include "admin/shared_question.hpp"
#include "admin/survey_queue.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate {

TEST_CASE("one survey is under way at a time, and those that wait come in their order") {
    survey_queue queue;
    std::vector<int> begun;
    std::vector<std::function<void()>> finish;
    for (int i = 0; i < 3; ++i)
        CHECK(queue.enter([&, i](std::function<void()> finished) {
            begun.push_back(i);
            finish.push_back(std::move(finished));
        }));
    CHECK(begun == std::vector{0});
    for (std::size_t i = 0; i < 3; ++i)
        finish.at(i)();
    CHECK(begun == std::vector{0, 1, 2});
    CHECK(queue.enter([&](const std::function<void()>&) { begun.push_back(3); }));
    CHECK(begun.back() == 3);
}

TEST_CASE("a survey that would wait behind too many is refused") {
    survey_queue queue;
    for (std::size_t i = 0; i <= survey_queue::most_waiting; ++i)
        CHECK(queue.enter([](const std::function<void()>&) {}));
    CHECK_FALSE(queue.enter([](const std::function<void()>&) {}));
}

TEST_CASE("who asks while an answer is being made gets the next one, together with all who do") {
    std::vector<std::function<void(int)>> asked;
    shared_question<int> question(
        [&](std::function<void(int)> to) { asked.push_back(std::move(to)); });
    std::vector<int> heard;
    const auto listen = [&](int answer) { heard.push_back(answer); };
    question.ask(listen);
    question.ask(listen);
    question.ask(listen);
    REQUIRE(asked.size() == 1);
    asked[0](7);
    CHECK(heard == std::vector{7});
    REQUIRE(asked.size() == 2);
    asked[1](8);
    CHECK(heard == std::vector{7, 8, 8});
    CHECK(asked.size() == 2);
}

} // namespace pulsegate
