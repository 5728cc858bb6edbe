#include "alignment/cadence.hpp"

#include "session/timing_wheel.hpp"

namespace pulsegate {

cadence cadence_of(const heartbeat_settings& heartbeat) {
    const milliseconds ping = heartbeat.interval + wheel_tick;
    return {ping, ping + round_trip_allowance,
            heartbeat.timeout + wheel_tick + lifecycle::silent_close_wait};
}

} // namespace pulsegate
