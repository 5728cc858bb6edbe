// The `proxy_set_header`s of a place: Nginx inherits them only where there is none at all.
#pragma once

#include "alignment/nginx/header.hpp"
#include "alignment/nginx/values.hpp"
#include "alignment/nginx/variables.hpp"

#include <vector>

namespace pulsegate {

struct nginx_proxy_headers {
    std::vector<nginx_header> in_force; // of the nearest level that has any
    std::vector<nginx_header> lost;     // of levels around it, by names that are not in force
};

[[nodiscard]] nginx_proxy_headers read_proxy_headers(const nginx_level& where,
                                                     const nginx_variables& variables);

} // namespace pulsegate
