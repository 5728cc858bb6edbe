#include "client/shared_admission.hpp"

#include "base/random.hpp"

namespace pulsegate {
namespace {

/// Uniform in [0, 1).
double chance() {
    return static_cast<double>(random_u32()) / 4294967296.0; // 2^32
}

} // namespace

std::optional<std::chrono::seconds> shared_admission::on_handshake(std::uint64_t per_second,
                                                                   time_point now) {
    const double drawn = chance();
    const std::lock_guard lock(guard_);
    return crowd_.on_handshake(per_second, now, drawn);
}

} // namespace pulsegate
