// `pulsegate health`: asks a running gateway whether it is well, for health checks where there is
// no other HTTP client, as in a container.
#pragma once

#include <iosfwd>
#include <string>

namespace pulsegate {

/// Asks the gateway that runs by this configuration, on this machine, and writes its answer to
/// `out`. \param is_readiness  ask /readyz, which a draining gateway answers with 503, instead of
/// /healthz. \return the exit code: 0 well, 1 not well or no answer within 3 s, 2 no address to ask
/// at: the file
///         cannot be read, or its `admin.address` has port 0.
[[nodiscard]] int ask_health(const std::string& config_path, bool is_readiness, std::ostream& out,
                             std::ostream& errors);

} // namespace pulsegate
