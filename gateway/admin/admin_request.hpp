// One request to the admin listener of a gateway, its own or another process's. Waits for the
// answer: for programs, not for workers.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"

#include <string>

namespace pulsegate {

struct admin_response {
    unsigned status = 0;
    std::string body;
};

/// \param address  of `admin.address`; one that stands for all of this machine's is asked by
///                 loopback.
/// \param path     `/healthz`.
/// \param within   for all of it, > 0.
/// Errors: those of the system, errc::timed_out, and those of Beast for what is no HTTP answer.
[[nodiscard]] result<admin_response> ask_admin(tcp_address address, const std::string& path,
                                               milliseconds within);

} // namespace pulsegate
