#include "net/worker_context.hpp"

#include "config/address_block.hpp"

namespace pulsegate {

worker_context::worker_context(std::shared_ptr<const configuration> settings,
                               connection_quota& quota_of_all)
    : config(std::move(settings)), trusted_proxies(to_blocks(config->trusted_proxies)),
      quota(quota_of_all), time(clock::now()), wheel(clock::now(), wheel_tick) {
    count.routes.resize(config->routes.size());
}

} // namespace pulsegate
