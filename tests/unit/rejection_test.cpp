// The table of refusals: what each reason answers with.
#include "http/upgrade.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace pulsegate::test {
namespace {

/// The lines of the README's table of answers, `| instead of 101 | when |`.
std::string answers_in_readme() {
    std::ifstream file(PULSEGATE_SOURCE_DIR "/README.md");
    std::stringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    const auto begin = text.find("| instead of 101 |");
    REQUIRE(begin != std::string::npos);
    return text.substr(begin, text.find("\n\n", begin) - begin);
}

} // namespace

TEST_SUITE("rejections") {

    TEST_CASE("every reason has a label of its own") {
        std::set<std::string_view> labels;
        for (const rejection_row& row : rejection_table()) {
            CAPTURE(row.label);
            CHECK(!row.label.empty());
            CHECK(labels.insert(row.label).second);
            CHECK(label_of(row.reason) == row.label);
            CHECK(&row_of(row.reason) == &row);
        }
        CHECK(labels.size() == rejection_count);
    }

    TEST_CASE("an answer of the gateway's own has the status, the text and the time of its row") {
        for (const rejection_row& row : rejection_table()) {
            if (row.status == 0)
                continue;
            CAPTURE(row.label);
            CHECK(!row.text.empty());
            const upgrade_response answer = make_refusal(refusal_for(row.reason));
            CHECK(answer.result_int() == row.status);
            CHECK(answer.body() == std::string(row.text) + "\n");
            const std::string_view retry = answer[http::field::retry_after];
            CHECK(retry == (row.retry_after.count() > 0 ? std::to_string(row.retry_after.count())
                                                        : std::string()));
            // RFC 9110 §10.2.3, RFC 6585 §4: those who may simply come again are told when.
            CHECK((row.status == 429 || row.status == 503) == (row.retry_after.count() > 0));
            CHECK(make_refusal(refusal_for(row.reason, "more")).body() == "more\n");
        }
    }

    TEST_CASE("every status that the gateway answers with stands in the README") {
        const std::string answers = answers_in_readme();
        for (const rejection_row& row : rejection_table()) {
            CAPTURE(row.label);
            if (row.status != 0)
                CHECK(answers.find(std::to_string(row.status)) != std::string::npos);
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
