// The commands of the program: the entry of each, one file for what it does, and what several of
// them share. Each gives the exit code of the program back.
#pragma once

#include "config/loader.hpp"

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

// The command line: which command runs, with which options.

/// Runs what the arguments ask for; `--help` and `--version` are answered here.
/// \return the program's exit code; 2 for bad usage.
[[nodiscard]] int run_command(int argc, char** argv);

// `pulsegate check`: what is wrong with a configuration, and whether the proxies in front leave
// healthy connections alone; starts nothing.

enum class report_format { text, line, json };

struct check_options {
    std::string config_path;
    report_format format = report_format::text;
    bool is_strict = false; // warnings fail too
    std::string nginx_path =
        {}; // read this nginx.conf or `nginx -T` output, or `-` for standard input,
            // in place of the one that `proxies` names; "": what it names
    std::vector<std::string> unit_paths = {}; // of one unit of systemd: its file, then its drop-ins
    std::vector<std::string> manifest_paths = {}; // of Kubernetes
    bool asks_proxies = false;   // also have the proxies' own programs test their files
    bool connects = false;       // dial the applications, too
    bool is_config_given = true; // else a ConfigMap of the manifests may have the configuration
};

/// Reads the file and writes the report to `out`; a file that cannot be read goes to `errors`.
/// \param in  standard input, which one of the paths may name as `-`.
/// \return the exit code: 0 fine, 1 errors, 2 unreadable file, 3 warnings only and `is_strict`.
[[nodiscard]] int check(const check_options& options, std::istream& in, std::ostream& out,
                        std::ostream& errors);

// `pulsegate explain WORD`: what a diagnostic means, the end of a session, a refusal, or another
// word of the log, of metrics and of answers.

/// Writes the cause, a bad and a good example and the source of a code such as `PG104` to `out`;
/// for the reason of a session's end or of a refusal, such as `evicted`, for a close code or a
/// status, such as `1014`, for a field of the log or a metric, what it means; for a word that does
/// not exist, what was probably meant to `errors`.
///
/// \return the exit code: 0, or 2 if there is no such word.
[[nodiscard]] int explain(std::string_view name, std::ostream& out, std::ostream& errors);

// `pulsegate health`: asks a running gateway whether it is well, for health checks where there is
// no other HTTP client, as in a container.

/// Asks the gateway that runs by this configuration, on this machine, and writes its answer to
/// `out`.
///
/// \param is_readiness  ask /readyz, which a draining gateway answers with 503, not /healthz.
/// \return the exit code: 0 well, 1 not well or no answer within 3 s, 2 no address to ask at: the
///         file cannot be read, or its `admin.address` has port 0.
[[nodiscard]] int ask_health(const std::string& config_path, bool is_readiness, std::ostream& out,
                             std::ostream& errors);

// `pulsegate hops`: the proxies that can be named as a preset, and when each cuts a connection.

enum class hops_format { text, json };

/// Writes every preset with its limits, how sure each is and who says so.
void hops(hops_format format, std::ostream& out);

// `pulsegate nginx`: an Nginx configuration that is aligned with a gateway.yaml.

/// Writes the server block, or with `is_complete` a whole nginx.conf, to `out`; what is wrong goes
/// to `errors`.
/// \return the exit code: 0 written, 1 the configuration has errors or no address for Nginx, 2
/// unreadable file.
[[nodiscard]] int print_nginx(const std::string& config_path, bool is_complete, std::ostream& out,
                              std::ostream& errors);

// `pulsegate run`: checks the configuration, then serves until it is told to stop.

/// Returns the exit code: 0 drained, 78 (EX_CONFIG) for a configuration with errors, 1 for
/// everything else.
/// \param take_over_pid  process id of a gateway with the same addresses, which is to drain once
///                       this one serves; 0: none.
[[nodiscard]] int run(const std::string& config_path, int take_over_pid);

// `pulsegate timeline`: a picture of one quiet connection and of what the proxies would do to it.

/// Writes the pictures to `out`; what is wrong with the configuration goes to `errors`.
/// \return the exit code: 0 drawn, 1 the configuration has errors of its own, 2 unreadable file.
[[nodiscard]] int show_timeline(const std::string& config_path, bool as_svg, std::ostream& out,
                                std::ostream& errors);

// `pulsegate version`: what this binary is made of.

/// `pulsegate 0.1.0`
[[nodiscard]] std::string version_line();

/// The version, the compiler and the libraries, one on each line. yaml-cpp and prometheus-cpp do
/// not tell their versions to programs and are left out.
[[nodiscard]] std::string version_report();

// What the commands that need a good configuration have in common.

/// The configuration, or the exit code of a command that cannot go on without it, after telling why
/// on `errors`: 2 for a file that cannot be read, 1 for one with errors.
[[nodiscard]] result<load_result, int> load_or_say_why_not(const std::string& path,
                                                           std::ostream& errors);

/// Tells that a file cannot be read.
/// \return the exit code, 2.
[[nodiscard]] int report_unreadable(const std::string& path, const boost::system::error_code& why,
                                    std::ostream& errors);

} // namespace pulsegate
