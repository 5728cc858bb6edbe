#include "alignment/hop.hpp"

#include <array>
#include <chrono>

namespace pulsegate {

std::string_view to_string(limit_kind kind) {
    constexpr std::array<std::string_view, 3> names{"idle", "life", "life after a reload"};
    return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(idle_reset resets) {
    constexpr std::array<std::string_view, 3> names{"any", "to_client", "to_gateway"};
    return names.at(static_cast<std::size_t>(resets));
}

std::string_view to_string(confidence sure) {
    constexpr std::array<std::string_view, 4> names{"source code", "documented", "reported",
                                                    "assumed"};
    return names.at(static_cast<std::size_t>(sure));
}

std::string setting_text(const limit& which, milliseconds value) {
    std::string text = which.setting;
    if (const std::size_t at = text.find("{}"); at != std::string::npos)
        text.replace(at, 2, std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count()));
    return text;
}

} // namespace pulsegate
