// Variables that nobody makes: Nginx does not start with them. Pure.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "config/diagnostic.hpp"

#include <vector>

namespace pulsegate {

/// Reports variables that neither Nginx itself nor the configuration has. Silent where modules or
/// scripts that are not Nginx's own may make some.
/// \param configuration  the whole one, of which every file was read.
void check_nginx_variables(const nginx_directive& configuration, std::vector<diagnostic>& problems);

} // namespace pulsegate
