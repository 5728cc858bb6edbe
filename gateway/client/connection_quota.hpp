// `limits.connections`, shared by all workers: the one number that they have in common.
// Thread-safe; touched when a session begins and when it ends, never while it lives.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace pulsegate {

class connection_quota {
public:
    explicit connection_quota(std::uint64_t limit) : limit_(limit) {}

    /// A place taken; gives it back when destroyed.
    class slot {
    public:
        slot() = default;
        slot(slot&& other) noexcept : quota_(std::exchange(other.quota_, nullptr)) {}
        slot& operator=(slot&& other) noexcept {
            std::swap(quota_, other.quota_);
            return *this;
        }
        ~slot() {
            if (quota_ != nullptr)
                quota_->taken_.fetch_sub(1, std::memory_order_relaxed);
        }
        explicit operator bool() const { return quota_ != nullptr; }

    private:
        friend class connection_quota;
        explicit slot(connection_quota& quota) : quota_(&quota) {}
        connection_quota* quota_ = nullptr;
    };

    /// Takes a place; an empty slot if there is none left.
    [[nodiscard]] slot take() {
        if (taken_.fetch_add(1, std::memory_order_relaxed) < limit_.load(std::memory_order_relaxed))
            return slot(*this);
        taken_.fetch_sub(1, std::memory_order_relaxed);
        return {};
    }

    /// Those that are over a lower limit keep their places.
    void change_limit(std::uint64_t limit) { limit_.store(limit, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t limit() const { return limit_.load(std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> limit_;
    std::atomic<std::uint64_t> taken_{0};
};

} // namespace pulsegate
