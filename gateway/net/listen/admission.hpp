// Whether a well-formed upgrade may go on: its page's origin, and the limits. The policies are in
// session/.
#pragma once

#include "client/shared_admission.hpp"
#include "http/upgrade.hpp"

#include <optional>

namespace pulsegate {

struct worker_context;

/// Nothing if the upgrade may go on; `places` holds its places then.
/// \param client  nothing behind a Unix socket whose peer tells no address: no limit of one client.
/// \param is_counted_in_rate  in `limits.handshake_rate_per_client`, before TLS.
[[nodiscard]] std::optional<refusal> refuse_admission(worker_context& worker, const route& way,
                                                      const upgrade_request& request,
                                                      const std::optional<ip_address>& client,
                                                      bool is_counted_in_rate,
                                                      taken_places& places);

/// The same for a plain request: one of many that a page makes, so it has a place of all while it
/// lasts, and one of its client's requests. Whether a foreign page may read the answer is for its
/// browser to ask the application (CORS).
[[nodiscard]] std::optional<refusal> refuse_plain_admission(worker_context& worker,
                                                            const std::optional<ip_address>& client,
                                                            taken_places& places);

} // namespace pulsegate
