// The connections that a worker lost without a Close frame, until the control thread fetches them.
// Owner: the worker.
#pragma once

#include "alignment/cuts/loss.hpp"

#include <cstddef>
#include <vector>

namespace pulsegate {

class loss_list {
public:
    /// Far more than a worker loses between two fetches, except when all are lost at once.
    static constexpr std::size_t capacity = 2048;

    loss_list() { kept_.reserve(capacity); }

    /// False if there is no room for it. Never allocates.
    [[nodiscard]] bool add(const loss& one) {
        if (kept_.size() == capacity)
            return false;
        kept_.push_back(one);
        return true;
    }

    /// Takes them out, as a copy: the room stays here.
    [[nodiscard]] std::vector<loss> take() {
        std::vector<loss> taken(kept_);
        kept_.clear();
        return taken;
    }

private:
    std::vector<loss> kept_;
};

} // namespace pulsegate
