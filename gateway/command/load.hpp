// What the commands that need a good configuration have in common.
#pragma once

#include "config/loader.hpp"

#include <iosfwd>
#include <string>

namespace pulsegate {

/// The configuration, or the exit code of a command that cannot go on without it, after telling why
/// on `errors`: 2 for a file that cannot be read, 1 for one with errors.
[[nodiscard]] result<load_result, int> load_or_say_why_not(const std::string& path,
                                                           std::ostream& errors);

/// Tells that a file cannot be read.
/// \return the exit code, 2.
[[nodiscard]] int report_unreadable(const std::string& path, const boost::system::error_code& why,
                                    std::ostream& errors);

} // namespace pulsegate
