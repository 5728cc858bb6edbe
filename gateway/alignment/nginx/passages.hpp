// Finds the places of an Nginx configuration that proxy to the gateway.
#pragma once

#include "alignment/nginx/reading.hpp"
#include "alignment/nginx/tree.hpp"

namespace pulsegate {

/// Fills in `passages` and `undecided`, and adds to `problems`.
/// \param into  its `version` is set.
void find_nginx_passages(const nginx_directive& configuration, const nginx_request& what,
                         nginx_reading& into);

} // namespace pulsegate
