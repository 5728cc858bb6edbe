#include "net/worker_context.hpp"

#include "base/assert.hpp"

namespace pulsegate {
namespace {

std::vector<ip_block> to_blocks(std::span<const address_block> written) {
    std::vector<ip_block> blocks;
    for (const address_block& block : written) {
        const auto network = ip_address::parse(block.network);
        PULSEGATE_ASSERT(network.has_value()); // the loader has checked it
        blocks.push_back(ip_block::of(*network, block.prefix_bits));
    }
    return blocks;
}

} // namespace

worker_context::worker_context(std::shared_ptr<const configuration> settings,
                               connection_quota& quota_of_all)
    : config(std::move(settings)), trusted_proxies(to_blocks(config->trusted_proxies)),
      quota(quota_of_all), time(clock::now()), wheel(clock::now(), wheel_tick) {
    count.routes.resize(config->routes.size());
}

} // namespace pulsegate
