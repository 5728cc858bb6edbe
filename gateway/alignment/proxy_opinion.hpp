// What a proxy's own program says of its file, as diagnostics; and how it is asked.
#pragma once

#include "alignment/chain.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// Of `nginx -t -q`: hop_code::proxy_refused at the line that it names, or proxy_not_asked.
/// \param said      nothing if it could not be asked.
/// \param declared  in gateway.yaml: what named the file.
[[nodiscard]] std::vector<diagnostic> opinion_of_nginx(const std::optional<program_answer>& said,
                                                       file_tree& files, const span& declared);

/// The same of `haproxy -c -f`.
[[nodiscard]] std::vector<diagnostic> opinion_of_haproxy(const std::optional<program_answer>& said,
                                                         file_tree& files, const span& declared);

/// Runs a program of this machine, found in the usual folders for proxies or in PATH, without
/// input, and waits for at most ten seconds; then it is killed. Reads at most 64 KiB of what it
/// says. Errors: nothing if there is no such program, or it does not end in time. Thread: never a
/// worker's.
[[nodiscard]] std::optional<program_answer> ask_program(const std::vector<std::string>& command);

} // namespace pulsegate
