// The pods of a Kubernetes manifest that run the gateway, with what decides about their end. Pure.
#pragma once

#include "base/time.hpp"
#include "config/yaml.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

struct gateway_pod {
    std::string name;                  // `Deployment/pulsegate`
    span containers;                   // the key `containers` of its spec
    const yaml_value* grace = nullptr; // of terminationGracePeriodSeconds; null: not set
    const yaml_value* pre_stop = nullptr;
    milliseconds pre_stop_time{0};
    bool is_pre_stop_known = true; // false: runs something whose time nobody can tell
};

/// \param documents  outlive the result.
[[nodiscard]] std::vector<gateway_pod>
find_gateway_pods(const std::vector<yaml_document>& documents);

} // namespace pulsegate
