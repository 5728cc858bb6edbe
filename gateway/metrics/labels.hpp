// How the enumerations of counters.hpp are spelt as label values. Close reasons have their own
// table.
#pragma once

#include "metrics/counters.hpp"

#include <string_view>

namespace pulsegate {

[[nodiscard]] std::string_view label_of(leg side);
[[nodiscard]] std::string_view label_of(direction way);
[[nodiscard]] std::string_view label_of(rejection reason);
[[nodiscard]] std::string_view label_of(app_error kind);

} // namespace pulsegate
