#include "net/upstream/app_pool.hpp"

#include <utility>

namespace pulsegate {

std::optional<app_pool::kept> app_pool::take(const destination& to) {
    const auto found = entries_.find(to);
    if (found == entries_.end())
        return std::nullopt;
    return remove(found->second.front());
}

void app_pool::keep(const destination& to, kept one, std::size_t most, time_point until) {
    auto* const added = new entry(*this, to, std::move(one));
    entry_list& alike = entries_[to];
    alike.push_front(*added);
    wheel_.arm(*added, until);
    if (!added->held.app.watch(*added, EPOLLIN | EPOLLRDHUP))
        remove(*added);
    else if (alike.size() > most)
        remove(alike.back());
}

void app_pool::clear() {
    while (!entries_.empty())
        remove(entries_.begin()->second.front());
}

/// Whoever does not want its connection lets it be cut.
app_pool::kept app_pool::remove(entry& which) {
    const auto found = entries_.find(which.of);
    entry_list& alike = found->second;
    alike.erase(alike.iterator_to(which));
    kept held = std::move(which.held);
    timing_wheel::disarm(which);
    delete &which;
    if (alike.empty())
        entries_.erase(found);
    return held;
}

} // namespace pulsegate
