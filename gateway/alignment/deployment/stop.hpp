// Whether what starts and stops the gateway leaves it the time to drain: systemd's unit,
// Kubernetes' manifest. Each kills the process when a time of its own is over, whatever still lives
// then. Pure.
#pragma once

#include "config/loader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

/// What can be wrong with it.
enum class stop_code : std::uint16_t {
    unit_kill = 401,
    unit_signal = 402,
    unit_ignored = 403,
    deployment_elsewhere = 404,
    pod_kill = 405,
    pod_value = 406,
    pre_stop_unknown = 407,
};

/// The rows of these, in their order.
[[nodiscard]] std::span<const code_row> stop_codes();
[[nodiscard]] const code_row& row_of(stop_code id);

/// Bytes of a command that are looked at: what a pattern costs grows with them.
inline constexpr std::size_t longest_command = 1'024;

/// How long a drain takes at most: `drain.window`, and the last goodbye.
[[nodiscard]] milliseconds longest_drain(const configuration& values);

/// One way in which the gateway is stopped.
struct stop_plan {
    std::string name;                       // of the unit's file, or of the pod
    std::optional<milliseconds> kill_after; // after the order to stop; nothing: never
    milliseconds before_signal{0};          // what of it passes before the gateway hears of it
    bool is_extended = false;               // the gateway tells how long it needs, and gets it
};

struct stop_findings {
    std::vector<stop_plan> plans;
    std::vector<diagnostic> diagnostics; // PG401 to PG407, and PG101, PG102 of a manifest
};

/// Judges a unit of systemd: its file, then its drop-ins, in the order in which systemd reads them.
/// \param loaded  a configuration without errors.
/// \param files   not empty.
[[nodiscard]] stop_findings check_unit(const load_result& loaded, const std::vector<source>& files);

/// Judges every pod of a manifest that runs the gateway. The manifest may have several documents,
/// such as the output of `helm template` or of `kubectl get -o yaml`.
[[nodiscard]] stop_findings check_manifest(const load_result& loaded, const source& file);

/// The gateway's configuration out of a ConfigMap with the key `gateway.yaml`; places in it are
/// those of the manifest. Null if there is none.
[[nodiscard]] source configuration_in(const std::vector<source>& manifests);

/// Where the pods that run the gateway have volumes: what is below is not on this machine.
[[nodiscard]] std::vector<std::string> mounted_paths(const std::vector<source>& manifests);

/// Adds the place of `drain.window`, or says in the primary label that it is the default.
void explain_drain(diagnostic& what, const load_result& loaded);

} // namespace pulsegate
