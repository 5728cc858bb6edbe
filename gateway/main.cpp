// Arguments -> command -> exit code. Bad usage exits with 2.
#include "command/check.hpp"
#include "command/config_option.hpp"
#include "command/explain.hpp"
#include "command/hops.hpp"
#include "command/run.hpp"
#include "command/version.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>

namespace {

constexpr int bad_usage = 2;

const std::map<std::string, pulsegate::report_format> formats{
    {"text", pulsegate::report_format::text},
    {"line", pulsegate::report_format::line},
    {"json", pulsegate::report_format::json},
};

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"Pulsegate, a WebSocket connection gateway."};
    app.require_subcommand(1);
    app.set_version_flag("--version", pulsegate::version_line());
    int exit_code = 0;

    pulsegate::check_options check_options{pulsegate::default_config_path};
    std::string format = "text";
    CLI::App* const check = app.add_subcommand("check", "Check a configuration; start nothing");
    pulsegate::add_config_option(*check, check_options.config_path);
    check->add_option("--format", format, "How to write the report")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "line", "json"}));
    check->add_flag("--strict", check_options.is_strict, "Exit with 3 if there are warnings");
    check->callback([&] {
        check_options.format = formats.at(format);
        exit_code = pulsegate::check(check_options, std::cout, std::cerr);
    });

    std::string run_config{pulsegate::default_config_path};
    CLI::App* const run = app.add_subcommand("run", "Check a configuration, then serve");
    pulsegate::add_config_option(*run, run_config);
    run->callback([&] { exit_code = pulsegate::run(run_config); });

    std::string code;
    CLI::App* const explain = app.add_subcommand("explain", "Tell what a diagnostic means");
    explain->add_option("CODE", code, "Its code, such as PG104")->required();
    explain->callback([&] { exit_code = pulsegate::explain(code, std::cout, std::cerr); });

    std::string hops_format = "text";
    CLI::App* const hops = app.add_subcommand("hops", "List the proxies that presets know");
    hops->add_option("--format", hops_format, "How to write the list")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json"}));
    hops->callback([&] {
        pulsegate::hops(hops_format == "json" ? pulsegate::hops_format::json
                                              : pulsegate::hops_format::text,
                        std::cout);
    });

    CLI::App* const version =
        app.add_subcommand("version", "Print the versions of program and libraries");
    version->callback([] { std::cout << pulsegate::version_report(); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : bad_usage;
    }
    return exit_code;
}
