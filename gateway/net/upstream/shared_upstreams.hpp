// What all workers know together of reaching applications. Thread-safe; touched when an application
// is dialled, never while a session lives.
#pragma once

#include "net/upstream/host_names.hpp"
#include "net/upstream/own_requests.hpp"

namespace pulsegate {

struct shared_upstreams {
    host_names names;
    own_requests requests;
};

} // namespace pulsegate
