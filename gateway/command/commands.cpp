#include "command/commands.hpp"

#include "base/quoted.hpp"
#include "command/completion.hpp"

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace pulsegate {
namespace {

/// Adds `--config FILE` to a command.
///
/// \param path  holds the default and receives the choice; it outlives the parsing.
void add_config_option(CLI::App& command, std::string& path) {
    command.add_option("--config", path, "The configuration file")
        ->type_name("FILE")
        ->capture_default_str();
}

constexpr const char* default_config_path = "gateway.yaml";

constexpr int bad_usage = 2;
constexpr int not_written = 2; // what was asked for

template <class Enum>
using named = std::vector<std::pair<std::string, Enum>>;

const named<report_format> report_formats{
    {"text", report_format::text},
    {"line", report_format::line},
    {"json", report_format::json},
};
const named<hops_format> hops_formats{
    {"text", hops_format::text},
    {"json", hops_format::json},
};

/// What the command line said; the commands' callbacks look at it.
struct arguments {
    int exit_code = 0;
    std::string config_path = default_config_path;
    int take_over_pid = 0; // 0: from nobody
    check_options check;
    std::string code;
    hops_format format_of_hops = hops_format::text;
    bool is_complete = false;
    bool as_svg = false;
    bool asks_readiness = false;
    std::string shell;
};

/// By its name; the help shows the names.
template <class Enum>
void add_format_option(CLI::App& command, Enum& format, const named<Enum>& names) {
    std::string list;
    for (const auto& [name, ignored] : names)
        list += (list.empty() ? "" : "|") + name;
    const auto choose = [&format, &names, list](const std::string& name) {
        const auto found = std::find_if(names.begin(), names.end(),
                                        [&](const auto& each) { return each.first == name; });
        if (found == names.end())
            throw CLI::ValidationError("--format", pulsegate::quoted(name) + " is none of " + list);
        format = found->second;
    };
    command
        .add_option_function<std::string>("--format", choose, "How to write it; text by default")
        ->type_name(list);
}

void add_commands(CLI::App& app, arguments& said) {
    CLI::App& run_it = *app.add_subcommand("run", "Check a configuration, then serve");
    add_config_option(run_it, said.config_path);
    run_it
        .add_option("--take-over", said.take_over_pid,
                    "Begin to listen beside the gateway with this process id, then have it drain")
        ->type_name("PID")
        ->check([](const std::string& text) {
            const bool is_number =
                !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
            return is_number && text != "0" && text != "1"
                       ? std::string()
                       : pulsegate::quoted(text) + " is no process id";
        });
    run_it.callback([&] { said.exit_code = run(said.config_path, said.take_over_pid); });

    CLI::App& check_it = *app.add_subcommand("check", "Check a configuration; start nothing");
    add_config_option(check_it, said.config_path);
    add_format_option(check_it, said.check.format, report_formats);
    check_it.add_flag("--strict", said.check.is_strict, "Exit with 3 if there are warnings");
    check_it
        .add_option("--nginx", said.check.nginx_path,
                    "Read this nginx.conf, or `nginx -T` output, in place of the one that the "
                    "configuration names; - is standard input")
        ->type_name("FILE");
    check_it
        .add_option("--unit", said.check.unit_paths,
                    "Also tell whether this unit of systemd leaves time for a drain; repeat the "
                    "option for its drop-ins; - is standard input, as from `systemctl cat`")
        ->type_name("FILE")
        ->allow_extra_args(false);
    check_it
        .add_option("--kubernetes", said.check.manifest_paths,
                    "Also tell whether the pods of this manifest, or of `helm template` output, "
                    "leave time for a drain; may be repeated; - is standard input. "
                    "Without --config, the configuration is that of their ConfigMap")
        ->type_name("FILE")
        ->allow_extra_args(false);
    check_it.add_flag("--ask-proxies", said.check.asks_proxies,
                      "Also run the proxies' own programs of this machine, as `nginx -t`, on the "
                      "files that are named");
    check_it.add_flag("--connect", said.check.connects,
                      "Also tell whether the applications can be reached from here now");
    check_it.callback([&said, &check_it] {
        said.check.config_path = said.config_path;
        said.check.is_config_given = check_it.count("--config") > 0;
        said.exit_code = check(said.check, std::cin, std::cout, std::cerr);
    });

    CLI::App& explain_it = *app.add_subcommand("explain", "Tell what a word of this program means");
    explain_it
        .add_option("CODE", said.code,
                    "A diagnostic's code, such as PG104; a word of the log or of metrics, such as "
                    "evicted or foreign_origin; a close code, such as 1014; or a status, such as "
                    "426")
        ->required();
    explain_it.callback([&] { said.exit_code = explain(said.code, std::cout, std::cerr); });

    CLI::App& hops_it = *app.add_subcommand("hops", "List the proxies that presets know");
    add_format_option(hops_it, said.format_of_hops, hops_formats);
    hops_it.callback([&] { hops(said.format_of_hops, std::cout); });

    CLI::App& nginx_it =
        *app.add_subcommand("nginx", "Print a server block for Nginx that fits a configuration");
    add_config_option(nginx_it, said.config_path);
    nginx_it.add_flag("--complete", said.is_complete, "Print a whole nginx.conf");
    nginx_it.callback([&] {
        said.exit_code = print_nginx(said.config_path, said.is_complete, std::cout, std::cerr);
    });

    CLI::App& timeline_it =
        *app.add_subcommand("timeline", "Draw a quiet connection and the proxies' limits");
    add_config_option(timeline_it, said.config_path);
    timeline_it.add_flag("--svg", said.as_svg, "As a picture for browsers");
    timeline_it.callback([&] {
        said.exit_code = show_timeline(said.config_path, said.as_svg, std::cout, std::cerr);
    });

    CLI::App& health_it =
        *app.add_subcommand("health", "Ask the running gateway whether it is well");
    add_config_option(health_it, said.config_path);
    health_it.add_flag("--ready", said.asks_readiness,
                       "Ask whether it takes new connections, which it does not while it drains");
    health_it.callback([&] {
        said.exit_code = ask_health(said.config_path, said.asks_readiness, std::cout, std::cerr);
    });

    CLI::App& completion_it =
        *app.add_subcommand("completion", "Print a script that completes commands and options");
    completion_it.add_option("SHELL", said.shell, "bash, zsh or fish")
        ->required()
        ->check([](const std::string& name) {
            return is_completed_shell(name)
                       ? std::string()
                       : pulsegate::quoted(name) + " is none of bash, zsh and fish";
        });
    completion_it.callback([&] { print_completion(app, said.shell, std::cout); });

    app.add_subcommand("version", "Print the versions of program and libraries")->callback([] {
        std::cout << version_report();
    });
}

/// What a full disk swallowed is no answer.
/// \param code  of the command.
int after_writing(int code) {
    if (std::cout.flush() || code != 0)
        return code;
    std::cerr << "pulsegate: cannot write to standard output\n";
    return not_written;
}

} // namespace

int run_command(int argc, char** argv) {
    CLI::App app{"Pulsegate, a WebSocket connection gateway."};
    app.require_subcommand(1);
    app.set_version_flag("--version", version_line());
    arguments said;
    add_commands(app, said);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return after_writing(app.exit(error) == 0 ? 0 : bad_usage);
    }
    return after_writing(said.exit_code);
}

result<load_result, int> load_or_say_why_not(const std::string& path, std::ostream& errors) {
    const auto file = read_regular_source(path);
    if (!file.has_value())
        return report_unreadable(path, file.error(), errors);
    load_result loaded = load_configuration(*file);
    if (!has_errors(loaded.diagnostics))
        return loaded;
    errors << render_text(loaded.diagnostics);
    return 1;
}

int report_unreadable(const std::string& path, const boost::system::error_code& why,
                      std::ostream& errors) {
    errors << "pulsegate: cannot read " << path << ": " << why.message() << '\n';
    return 2;
}

} // namespace pulsegate
