// A client's connection between two plain requests (RFC 9112 §9.3): mostly a proxy's, which keeps
// some for whoever asks next. It is kept for `http.client_idle`, and has a place among the
// newcomers, the oldest of whom make room. Owner: one worker.
#pragma once

#include "config/configuration.hpp"
#include "net/listen/opening.hpp"

namespace pulsegate {

/// Waits for the next request on a connection whose last answer is out.
/// \param known  with what was read of that request already.
/// \param http   how long it is kept.
void next_request(worker_context& worker, connection client, accepted_client known,
                  const http_settings& http);

} // namespace pulsegate
