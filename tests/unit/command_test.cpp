#include "command/commands.hpp"
#include "session/close_reason.hpp"

#include <doctest/doctest.h>

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
    CHECK(errors.str().starts_with("pulsegate: there is no code `PG999`; the codes are\n"));
    CHECK(errors.str().find("\n  PG104  unknown key\n") != std::string::npos);
    CHECK(errors.str().find("\n  PG131  timeout barely above interval (warning)\n") !=
          std::string::npos);
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
    CHECK(errors.str().find("\n  slow_client\n") != std::string::npos);
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
}
