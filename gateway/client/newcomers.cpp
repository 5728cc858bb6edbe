#include "client/newcomers.hpp"

#include "base/assert.hpp"
#include "base/random.hpp"

namespace pulsegate {

struct newcomers::entry : in_all, in_client {
    entry(newcomers& of, std::uint64_t number, time_point now)
        : in(of), arrival(number), since(now) {}

    newcomers& in;
    const std::uint64_t arrival;
    const time_point since;
    holder* by = nullptr;                    // null: waits for the gateway
    client_map::value_type* known = nullptr; // null: not counted by address
};

bool newcomers::by_arrival::operator()(const entry& one, const entry& other) const {
    return one.arrival < other.arrival;
}

// --- A place ---

newcomers::place::place() noexcept = default;

newcomers::place::place(std::unique_ptr<entry> in) noexcept : entry_(std::move(in)) {}

newcomers::place::place(place&&) noexcept = default;

newcomers::place& newcomers::place::operator=(place&& other) noexcept {
    std::swap(entry_, other.entry_);
    const place before(std::move(other)); // gives it up
    return *this;
}

newcomers::place::~place() {
    if (entry_ != nullptr)
        entry_->in.leave(*entry_);
}

void newcomers::place::wait_for_client(holder& by) {
    if (entry_ == nullptr)
        return;
    if (std::exchange(entry_->by, &by) != nullptr)
        return;
    auto& all = entry_->in.waiting_;
    all.insert(all.end(), *entry_);
    if (entry_->known != nullptr)
        entry_->known->second.waiting.insert(*entry_);
}

void newcomers::place::wait_for_gateway() {
    if (entry_ == nullptr || std::exchange(entry_->by, nullptr) == nullptr)
        return;
    entry_->in_all::unlink();
    if (entry_->known != nullptr)
        entry_->in_client::unlink();
}

bool newcomers::place::tell_client(const ip_address& address, const newcomer_limits& limits) {
    if (entry_ == nullptr)
        return true;
    PULSEGATE_ASSERT(entry_->known == nullptr);
    const ip_address key = client_key(address);
    if (!entry_->in.make_room_for(key, limits))
        return false;
    entry_->in.count_for(*entry_, key);
    if (entry_->by != nullptr)
        entry_->known->second.waiting.insert(*entry_);
    return true;
}

// --- All of them ---

newcomers::newcomers() : clients_(0, client_key_hash{random_u64()}) {}

newcomers::~newcomers() {
    PULSEGATE_ASSERT(size_ == 0);
}

template <class HasRoom>
bool newcomers::make_room(scarcity of, HasRoom has_room) {
    for (int asked = 0; !has_room(); ++asked) {
        if (asked == most_asked || waiting_.empty())
            return false;
        waiting_.begin()->by->on_make_room(of);
    }
    return true;
}

std::variant<newcomers::place, newcomers::scarcity>
newcomers::enter(const std::optional<ip_address>& client, const newcomer_limits& limits,
                 time_point now) {
    const ip_address key = client ? client_key(*client) : ip_address();
    if (client && !make_room_for(key, limits)) // first: who comes often displaces nobody else
        return scarcity::places_of_client;
    if (!make_room(scarcity::places, [&] { return size_ < limits.all; }))
        return scarcity::places;
    auto made = std::make_unique<entry>(*this, next_arrival_++, now);
    if (client)
        count_for(*made, key);
    ++size_;
    return place(std::move(made));
}

bool newcomers::has_patient_one(time_point now) const {
    return !waiting_.empty() && now - waiting_.begin()->since >= least_patience;
}

bool newcomers::make_room_for_descriptor(time_point now) {
    if (!has_patient_one(now))
        return false;
    const std::size_t before = size_;
    return make_room(scarcity::descriptors, [&] { return size_ < before; });
}

bool newcomers::make_room_for(const ip_address& key, const newcomer_limits& limits) {
    if (limits.of_client == 0)
        return true;
    for (int asked = 0;; ++asked) {
        const auto found = clients_.find(key); // gone with the last of them
        if (found == clients_.end() || found->second.count < limits.of_client)
            return true;
        if (asked == most_asked || found->second.waiting.empty())
            return false;
        found->second.waiting.begin()->by->on_make_room(scarcity::places_of_client);
    }
}

void newcomers::count_for(entry& one, const ip_address& key) {
    one.known = &*clients_.try_emplace(key).first;
    ++one.known->second.count;
}

void newcomers::leave(entry& one) {
    if (one.by != nullptr)
        one.in_all::unlink();
    if (one.by != nullptr && one.known != nullptr)
        one.in_client::unlink();
    if (one.known != nullptr && --one.known->second.count == 0)
        clients_.erase(clients_.find(one.known->first));
    --size_;
}

} // namespace pulsegate
