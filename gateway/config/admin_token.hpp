// The token that clients of the admin listener have to show: what its file may hold.
#pragma once

#include "config/tls_files.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The token in the text of its file; white space around it does not belong to it.
/// Errors: too short, too long, or with a character that the header cannot carry (RFC 6750 §2.1).
[[nodiscard]] parsed<std::string> parse_token(std::string_view text);

/// What is wrong with the token file of a configuration that has no errors; nothing if it has none.
[[nodiscard]] std::vector<diagnostic> check_admin_token(const load_result& loaded,
                                                        const pem_environment& from);

/// The token; "" if there is no file.
/// Throws std::runtime_error if the file is not what check_admin_token() has found any more.
[[nodiscard]] std::string read_admin_token(const admin_settings& settings,
                                           const pem_environment& from);

} // namespace pulsegate
