// The status page, and the description of the admin API, as the admin listener serves them. They
// hold no data: what the page shows it asks for, as every other client has to.
#pragma once

#include "admin/admin_endpoint.hpp"

#include <vector>

namespace pulsegate {

/// One endpoint for each embedded file; that of `index.html` is `/`.
[[nodiscard]] std::vector<admin_endpoint> page_endpoints();

} // namespace pulsegate
