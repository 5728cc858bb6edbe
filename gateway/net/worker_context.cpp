#include "net/worker_context.hpp"

#include <numeric>

namespace pulsegate {

worker_context::worker_context(settings_pointer first_settings, connection_quota& quota_of_all,
                               shared_admission& admission_of_all)
    : settings(std::move(first_settings)), quota(quota_of_all), admission(admission_of_all),
      time(clock::now()), wheel(clock::now(), wheel_tick) {
    count.routes.resize(settings->counted_routes);
}

std::size_t worker_context::member_count() const {
    return std::accumulate(
        count.routes.begin(), count.routes.end(), std::size_t{count.handshakes_live},
        [](std::size_t sum, const route_counters& each) { return sum + each.live; });
}

} // namespace pulsegate
