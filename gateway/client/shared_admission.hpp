// The limits of whom to let in that hold for all workers together. Thread-safe; touched when an
// upgrade is asked for and when its connection ends, never while a session lives.
#pragma once

#include "client/client_quota.hpp"
#include "client/connection_quota.hpp"
#include "client/crowd_pace.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace pulsegate {

class shared_admission {
public:
    client_quota clients;
    client_quota requests; // plain ones under way, event streams included

    /// As crowd_pace::on_handshake().
    [[nodiscard]] std::optional<std::chrono::seconds> on_handshake(std::uint64_t per_second,
                                                                   time_point now);

private:
    std::mutex guard_;
    crowd_pace crowd_; // under guard_
};

/// The places that a connection takes from its admission to its end.
struct taken_places {
    connection_quota::slot of_all;
    client_quota::slot of_client;
};

} // namespace pulsegate
