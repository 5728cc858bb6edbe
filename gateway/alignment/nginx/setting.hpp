// The value of a directive of Nginx that is in force in some block. Plain values.
#pragma once

#include "config/source.hpp"

#include <optional>

namespace pulsegate {

template <class T>
struct nginx_setting {
    T value{};
    std::optional<span> set_at; // the directive with its `;`; nothing: the default of Nginx
    span block; // the head of the innermost block where it could be set: `location /ws/`; empty, at
                // the start of the main file, where there is no block around it
};

} // namespace pulsegate
