// JSON as text, with numbers as people write them: Boost.JSON writes 4.337 as 4.337E0.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace pulsegate {

/// The shortest text that is read back as the same value, without exponents. What is not finite
/// becomes null. \param from  of the program's own making: its depth is not bounded here.
[[nodiscard]] std::string to_json_text(const boost::json::value& from);

} // namespace pulsegate
