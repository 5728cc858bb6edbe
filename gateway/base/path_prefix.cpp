#include "base/path_prefix.hpp"

namespace pulsegate {

bool has_path_prefix(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix))
        return false;
    return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

} // namespace pulsegate
