// What the admin listener tells of the gateway's configuration and alignment, and the order to
// drain. Owner: the control thread.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "admin/gateway_view.hpp"

namespace pulsegate {

/// GET /alignment. Without what start-up found, everything in it is empty.
void show_alignment(const gateway_view& of, const admin_reply& reply);

/// GET /config.
void show_configuration(const gateway_view& of, const admin_reply& reply);

/// POST /drain: the answer goes out first.
void order_drain(const gateway_view& of, const admin_reply& reply);

} // namespace pulsegate
