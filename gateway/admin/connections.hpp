// The sessions of a gateway, for those who operate it: listing them, and closing some. Owner: the
// control thread.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "admin/gateway_view.hpp"

namespace pulsegate {

class connections {
public:
    /// \param of  outlives *this and every answer.
    explicit connections(const gateway_view& of) : of_(of) {}

    /// GET /connections.
    void list(const admin_request& request, const admin_reply& reply) const;

    /// GET /connections/ID.
    void show(const admin_request& request, const admin_reply& reply) const;

    /// DELETE /connections.
    void close_some(const admin_request& request, const admin_reply& reply) const;

    /// DELETE /connections/ID.
    void close_one(const admin_request& request, const admin_reply& reply) const;

private:
    const gateway_view& of_;
};

} // namespace pulsegate
