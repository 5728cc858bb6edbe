// A configuration with all that is to be said about it: its own mistakes, and, if it has none, its
// alignment. What `check` shows and `run` decides by.
#pragma once

#include "alignment/alignment.hpp"
#include "config/tls_files.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace pulsegate {

struct checked_configuration {
    std::shared_ptr<const load_result> loaded; // shared: `aligned` points into it
    std::optional<alignment> aligned;          // nothing if the configuration has errors
    std::vector<diagnostic> diagnostics;       // of both, and of the files that TLS needs

    /// True if gateway.yaml itself is wrong, whatever the proxies say.
    [[nodiscard]] bool is_unusable() const;

    /// True if a gateway may serve by it: usable, and aligned as far as `alignment` asks for.
    [[nodiscard]] bool may_serve() const;
};

[[nodiscard]] checked_configuration
check_configuration(load_result loaded, const chain_environment& from,
                    const pem_environment& certificates = pem_files_of_this_machine());

} // namespace pulsegate
