// Random numbers from OpenSSL's generator. Masking keys must not be predictable (RFC 6455 §5.3,
// §10.3); phases and ids take from the same source. Thread-safe: each thread draws for itself.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace pulsegate {

[[nodiscard]] std::uint64_t random_u64();
[[nodiscard]] std::uint32_t random_u32();

/// Uniform in (0, span]; zero if `span` is not positive.
[[nodiscard]] duration random_phase(duration span);

} // namespace pulsegate
