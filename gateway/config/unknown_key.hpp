// The diagnostic for a key that is not in the key table.
#pragma once

#include "config/diagnostic.hpp"
#include "config/yaml.hpp"

#include <string>
#include <string_view>

namespace pulsegate {

/// Suggests the key that was probably meant, or the section in which the key belongs.
/// \param section  as in the key table.
/// \param path     of the same section in the file, with indexes; "" for the top level.
[[nodiscard]] diagnostic unknown_key(std::string_view section, std::string_view path,
                                     const yaml_value& key);

} // namespace pulsegate
