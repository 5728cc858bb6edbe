#include "alignment/deployment/stop.hpp"

#include "session/lifecycle.hpp"

namespace pulsegate {

milliseconds longest_drain(const configuration& values) {
    return values.drain.window + lifecycle::longest_end;
}

} // namespace pulsegate
