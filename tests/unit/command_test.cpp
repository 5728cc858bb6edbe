#include "command/commands.hpp"
#include "http/rejection.hpp"
#include "metrics/counters.hpp"
#include "metrics/metric_table.hpp"
#include "session/close_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

using namespace pulsegate;

namespace {

const std::string cases = PULSEGATE_SOURCE_DIR "/tests/cases/";

struct outcome {
    int exit_code;
    std::string out;
    std::string errors;
};

outcome run_check(check_options options) {
    std::ostringstream out;
    std::ostringstream errors;
    std::istringstream in;
    const int exit_code = check(options, in, out, errors);
    return {exit_code, out.str(), errors.str()};
}

} // namespace

TEST_CASE("check ends with a summary and an exit code") {
    const std::string fine = cases + "PG104/clean.yaml";
    CHECK(run_check({fine}).exit_code == 0);
    CHECK(run_check({fine}).out == fine + ": fine\n");
    CHECK(run_check({fine, report_format::text, true}).exit_code == 0);

    const std::string wrong = cases + "PG104/bad.yaml";
    CHECK(run_check({wrong}).exit_code == 1);
    CHECK(run_check({wrong}).out.ends_with("\n\n" + wrong + ": 1 error\n"));
    CHECK(run_check({wrong, report_format::line}).out.starts_with(wrong + ":3:3: error[PG104]: "));
    CHECK(run_check({wrong, report_format::json}).out.starts_with("{\"errors\":1,\"warnings\":0,"));

    const std::string doubtful = cases + "PG131/bad.yaml";
    CHECK(run_check({doubtful}).exit_code == 0);
    CHECK(run_check({doubtful}).out.ends_with(doubtful + ": 1 warning\n"));
    CHECK(run_check({doubtful, report_format::text, true}).exit_code == 3);
}

TEST_CASE("check tells why a file cannot be read") {
    const outcome absent = run_check({"/nonexistent/gateway.yaml"});
    CHECK(absent.exit_code == 2);
    CHECK(absent.out.empty());
    CHECK(absent.errors ==
          "pulsegate: cannot read /nonexistent/gateway.yaml: No such file or directory\n");
    CHECK(run_check({"/"}).errors == "pulsegate: cannot read /: Is a directory\n");
    CHECK(run_check({"/dev/zero"}).errors == "pulsegate: cannot read /dev/zero: File too large\n");
}

TEST_CASE("explain tells what a code means, or which codes there are") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(explain("pg104", out, errors) == 0);
    CHECK(out.str().starts_with("PG104: unknown key (error)\n\nNo such key"));
    CHECK(out.str().find("Bad:\n\n    heartbeat:\n      tiemout: 45s\n\nGood:\n") !=
          std::string::npos);
    CHECK(errors.str().empty());

    CHECK(explain("PG999", out, errors) == 2);
    CHECK(errors.str().starts_with("pulsegate: nothing is known of `PG999`"));
}

TEST_CASE("explain suggests a word that is near an unknown one, in a few lines") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(explain("foreing_origin", out, errors) == 2);
    CHECK(out.str().empty());
    CHECK(errors.str().starts_with(
        "pulsegate: nothing is known of `foreing_origin`; did you mean `foreign_origin`?\n"));
    const std::string text = errors.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("explain tells what a refusal means, by its reason or its status") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(explain("foreign_origin", out, errors) == 0);
    CHECK(out.str().find("`origins`") != std::string::npos);
    CHECK(out.str().find("The client gets 403: ") != std::string::npos);
    out.str({});
    CHECK(explain("426", out, errors) == 0);
    CHECK(out.str().starts_with("The client gets 426 for one of these reasons:\n\n"
                                "  upgrade_required: "));
    out.str({});
    CHECK(explain("502", out, errors) == 0);
    for (const char* reason : {"\n  app_unreachable: ", "\n  app_not_websocket: "})
        CHECK(out.str().find(reason) != std::string::npos);
    out.str({});
    CHECK(explain("401", out, errors) == 0);
    CHECK(
        out.str().starts_with("The gateway refuses nobody with 401: it is the application's own"));
    out.str({});
    CHECK(explain("app_timeout", out, errors) == 0); // the end of a session, and a refusal
    CHECK(out.str().find("pulsegate_connections_closed_total") != std::string::npos);
    CHECK(out.str().find("pulsegate_handshakes_rejected_total") != std::string::npos);
    CHECK(errors.str().empty());
}

TEST_CASE("explain knows every reason, kind and metric") {
    std::ostringstream out;
    std::ostringstream errors;
    for (const rejection_row& row : rejection_table()) {
        CAPTURE(row.label);
        CHECK_FALSE(row.meaning.empty());
        CHECK(explain(row.label, out, errors) == 0);
        if (row.status != 0)
            CHECK(explain(std::to_string(row.status), out, errors) == 0);
    }
    for (const app_error_row& row : app_error_table()) {
        CHECK_FALSE(row.meaning.empty());
        CHECK(explain(row.label, out, errors) == 0);
    }
    for (const metric_row& row : metric_rows()) {
        CHECK(explain(row.name, out, errors) == 0);
        for (const std::string_view label : row.labels) {
            CAPTURE(label);
            CHECK(explain(label, out, errors) == 0);
        }
    }
    for (const std::string_view value :
         {label_of(leg::client), label_of(leg::app), label_of(direction::client_to_app),
          label_of(direction::app_to_client)})
        CHECK(explain(value, out, errors) == 0);
    CHECK(errors.str().empty());
}

TEST_CASE("explain knows every message and field of the log") {
    // In the sources: `write(level, "message", {{"field", …`.
    const std::regex message(R"x(write(?:_paced)?\(\s*[^,"]*,\s*"([a-z][^"]*)")x");
    const std::regex field(R"x(\{"([a-z_.]+)",)x");
    std::ostringstream out;
    std::ostringstream errors;
    int calls = 0;
    for (const auto& each :
         std::filesystem::recursive_directory_iterator(PULSEGATE_SOURCE_DIR "/gateway")) {
        if (each.path().extension() != ".cpp")
            continue;
        std::ifstream in(each.path());
        const std::string text(std::istreambuf_iterator<char>(in), {});
        for (std::size_t at = text.find("log::write"); at != text.npos;
             at = text.find("log::write", at + 1)) {
            const std::string call = text.substr(at, text.find(';', at) - at);
            CAPTURE(call);
            ++calls;
            std::smatch found;
            if (std::regex_search(call, found, message))
                CHECK(explain(found[1].str(), out, errors) == 0);
            for (std::sregex_iterator one(call.begin(), call.end(), field), end; one != end; ++one)
                CHECK(explain((*one)[1].str(), out, errors) == 0);
        }
    }
    CHECK(calls > 20);
    CHECK(errors.str() == "");
}

TEST_CASE("explain tells what the end of a session means, by its reason or its close code") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(explain("evicted", out, errors) == 0);
    CHECK(out.str() ==
          "evicted: nothing was heard of the client for `heartbeat.timeout`\n\n"
          "The client sees 4001 `timeout` (`heartbeat.close`), and should come back, with jitter.\n"
          "The application sees 4001 `timeout` (`heartbeat.close`).\n\n"
          "Counted in pulsegate_connections_closed_total{reason=\"evicted\"}.\n");

    out.str({});
    CHECK(explain("app_closed", out, errors) == 0);
    CHECK(out.str().find("The client sees the code that the application chose, and should not come "
                         "back by itself.\nThe application chose the code itself.\n") !=
          std::string::npos);

    out.str({});
    CHECK(explain("1008", out, errors) == 0);
    CHECK(out.str().find("The client sees 1008 for one of these reasons:\n\n  rate_exceeded: ") !=
          std::string::npos);
    CHECK(
        out.str().find("The application sees 1008 for one of these reasons:\n\n  slow_client: ") !=
        std::string::npos);
    CHECK(errors.str().empty());

    for (const char* unknown : {"1005", "100", "evict", ""}) {
        out.str({});
        CHECK(explain(unknown, out, errors) == 2);
        CHECK(out.str().empty());
    }
    CHECK(errors.str().find("did you mean `evicted`?") != std::string::npos);
}

TEST_CASE("explain knows every reason for which sessions end") {
    for (const close_reason_row& row : close_reasons()) {
        std::ostringstream out;
        std::ostringstream errors;
        CHECK(explain(row.label, out, errors) == 0);
        CHECK(out.str().find(row.meaning) != std::string::npos);
    }
}

TEST_CASE("version names the program and its libraries") {
    CHECK(version_line().starts_with("pulsegate "));
    CHECK(version_report().starts_with(version_line() + "\ncompiler: "));
    CHECK(version_report().find("\nOpenSSL: 3.") != std::string::npos);
    CHECK(version_report().find("\nBoost: 1.") != std::string::npos);
    CHECK(version_report().find("\nsystemd: ") != std::string::npos);
}
