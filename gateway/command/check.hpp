// `pulsegate check`: what is wrong with a configuration, and whether the proxies in front leave
// healthy connections alone; starts nothing.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace pulsegate {

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
};

/// Reads the file and writes the report to `out`; a file that cannot be read goes to `errors`.
/// \param in  standard input, which one of the paths may name as `-`.
/// \return the exit code: 0 fine, 1 errors, 2 unreadable file, 3 warnings only and `is_strict`.
[[nodiscard]] int check(const check_options& options, std::istream& in, std::ostream& out,
                        std::ostream& errors);

} // namespace pulsegate
