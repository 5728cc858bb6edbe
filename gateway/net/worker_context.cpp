#include "net/worker_context.hpp"

namespace pulsegate {

worker_context::worker_context(settings_pointer first_settings, connection_quota& quota_of_all,
                               shared_admission& admission_of_all,
                               shared_upstreams& upstreams_of_all)
    : settings(std::move(first_settings)), quota(quota_of_all), admission(admission_of_all),
      upstreams(upstreams_of_all), time(clock::now()), wheel(clock::now(), wheel_tick) {
    count.count_for(settings->route_numbers);
}

} // namespace pulsegate
