#include "net/tls/ticket_keys.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace pulsegate {
namespace {

ticket_keys::key make_key() {
    ticket_keys::key made{};
    const auto fill = [](auto& bytes) {
        return RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
    };
    if (!fill(made.name) || !fill(made.cipher) || !fill(made.mac))
        throw std::runtime_error("OpenSSL has no random numbers for the keys of tickets");
    return made;
}

} // namespace

ticket_keys::ticket_keys(time_point now)
    : since_(now), current_(make_key()), previous_(make_key()) {}

void ticket_keys::advance(time_point now) {
    const std::lock_guard lock(guard_);
    if (now - since_ < period)
        return;
    previous_ = now - since_ < 2 * period ? current_ : make_key(); // else it is too old as well
    current_ = make_key();
    since_ = now;
}

ticket_keys::key ticket_keys::current() const {
    const std::lock_guard lock(guard_);
    return current_;
}

std::optional<ticket_keys::found> ticket_keys::find(std::span<const unsigned char, 16> name) const {
    const std::lock_guard lock(guard_);
    for (const key* const each : {&current_, &previous_})
        if (std::equal(name.begin(), name.end(), each->name.begin()))
            return found{*each, each == &current_};
    return std::nullopt;
}

} // namespace pulsegate
