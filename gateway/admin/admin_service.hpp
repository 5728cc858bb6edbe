// What the connections of an admin listener share. Owner: the admin thread.
#pragma once

#include "admin/admin_crowd.hpp"
#include "admin/admin_listener.hpp"
#include "admin/admin_rules.hpp"
#include "net/sockets.hpp"

#include <cstddef>
#include <unordered_set>
#include <vector>

namespace pulsegate {

/// A connection in whatever state.
class admin_client {
public:
    /// Cuts it. Frees nothing: *this goes when its last pending operation has returned.
    virtual void close() = 0;

    [[nodiscard]] virtual admin_client_facts facts() const = 0;

protected:
    ~admin_client() = default;
};

/// Lives as long as any of the connections.
struct admin_service {
    const std::vector<admin_endpoint> endpoints;
    const admin_limits limits;
    admin_guard guard;
    std::unordered_set<admin_client*> clients = {}; // those that exist
    std::size_t streams = 0;                        // how many of them have no end
};

} // namespace pulsegate
