// Diagnostics of a running gateway go to its log, one line each.
#pragma once

#include "config/diagnostic.hpp"

#include <string_view>

namespace pulsegate {

/// \param about  what the diagnostic is about, such as `alignment`; the message of the line.
void log_finding(std::string_view about, const diagnostic& found);

} // namespace pulsegate
