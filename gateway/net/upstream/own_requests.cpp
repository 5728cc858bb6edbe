#include "net/upstream/own_requests.hpp"

#include <utility>

namespace pulsegate {

own_requests::entry& own_requests::entry::operator=(entry&& other) noexcept {
    std::swap(all_, other.all_);
    std::swap(id_, other.id_);
    return *this;
}

void own_requests::entry::leave() {
    if (own_requests* const all = std::exchange(all_, nullptr)) {
        const std::lock_guard lock(all->guard_);
        all->under_way_.erase(id_);
    }
}

own_requests::way own_requests::way_of(std::optional<std::uint64_t> id) {
    if (!id)
        return {};
    const std::lock_guard lock(guard_);
    const auto found = under_way_.find(*id);
    return found != under_way_.end() ? found->second : way{};
}

own_requests::entry own_requests::add(std::uint64_t id, way by) {
    entry result;
    const std::lock_guard lock(guard_);
    under_way_.insert_or_assign(id, std::move(by));
    result.all_ = this;
    result.id_ = id;
    return result;
}

} // namespace pulsegate
