#include "base/build_info.hpp"

#include <boost/version.hpp>

#include <string>

namespace pulsegate::build_info {

std::string_view version() {
    return PULSEGATE_VERSION;
}

std::string_view compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

std::string_view boost() {
    static const std::string text =
        std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
    return text;
}

} // namespace pulsegate::build_info
