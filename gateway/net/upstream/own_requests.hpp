// The requests that this gateway has sent to applications and that are not answered yet, by the id
// in their `Pulsegate-Connection-Id`. One that comes back as a client's is no client's: its
// upstream leads to the gateway itself, and it would go round until all places are taken. An
// application that itself connects to another route of the same gateway is none of that: what goes
// in circles comes to one route a second time.
// Thread-safe; touched once at the beginning and once at the end of a handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pulsegate {

class own_requests {
public:
    /// The routes that a request has come by, in the places of `counters::routes`, the first one
    /// first.
    using way = std::vector<std::size_t>;

    /// A request on its way to an application, until it is destroyed.
    class entry {
    public:
        entry() = default; // none
        entry(entry&& other) noexcept { *this = std::move(other); }
        entry& operator=(entry&& other) noexcept;
        ~entry() { leave(); }

        void leave();

    private:
        friend class own_requests;
        own_requests* all_ = nullptr;
        std::uint64_t id_ = 0;
    };

    /// The way of the request with this id; empty if there is none under way, as when somebody has
    /// made the id up.
    [[nodiscard]] way way_of(std::optional<std::uint64_t> id);

    /// A request sets out. *this outlives the result.
    [[nodiscard]] entry add(std::uint64_t id, way by);

private:
    std::mutex guard_;
    std::unordered_map<std::uint64_t, way> under_way_; // under guard_
};

} // namespace pulsegate
