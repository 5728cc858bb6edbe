// A route whose losses are told apart from those of others. A value.
#pragma once

#include <cstdint>
#include <string>

namespace pulsegate {

struct numbered_route {
    std::string path;
    std::uint32_t number = 0; // loss::route; 0: of none
};

} // namespace pulsegate
