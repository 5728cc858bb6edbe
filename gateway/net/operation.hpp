// What keeps an object of pending operations alive. Every completion handler holds one; when the
// last one has returned (or was destroyed without being called) the object's finish() runs, once,
// and destroys it. No "am I still alive?" checks, no atomic counting: an owner and its operations
// stay on one worker.
#pragma once

#include <utility>

namespace pulsegate {

/// \tparam Owner  has a private `unsigned pending_operations_` and `void finish()`, and befriends
/// this class.
template <class Owner>
class operation {
public:
    explicit operation(Owner& owner) : owner_(&owner) { ++owner_->pending_operations_; }
    operation(operation&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    operation& operator=(operation&&) = delete;
    ~operation() {
        if (owner_ != nullptr && --owner_->pending_operations_ == 0)
            owner_->finish();
    }

    Owner* operator->() const { return owner_; }

private:
    Owner* owner_;
};

} // namespace pulsegate
