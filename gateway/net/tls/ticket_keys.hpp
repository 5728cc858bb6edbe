// The keys that session tickets of TLS (RFC 5077, RFC 8446 §4.6.1) are sealed with: whoever gets
// hold of one can read what was sent in the sessions of its time, so no key stays for long. Tickets
// are good for one key and the next. Thread-safe: all workers share those of a listener, and touch
// them in handshakes only.
#pragma once

#include "base/time.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <span>

namespace pulsegate {

class ticket_keys {
public:
    /// How long new tickets get the same key: as long as OpenSSL lets a ticket live.
    static constexpr std::chrono::hours period{2};

    struct key {
        std::array<unsigned char, 16> name; // goes with the ticket, in the clear
        std::array<unsigned char, 32> cipher;
        std::array<unsigned char, 32> mac;
    };

    /// Throws std::runtime_error if there is no randomness.
    explicit ticket_keys(time_point now);

    /// To be called before the others: takes a new key if `period` has passed since the last one.
    void advance(time_point now);

    /// What a new ticket gets.
    [[nodiscard]] key current() const;

    struct found {
        key what;
        bool is_current; // else the client needs a new ticket
    };
    /// What a ticket was sealed with; nothing if that key is gone, or was never here.
    [[nodiscard]] std::optional<found> find(std::span<const unsigned char, 16> name) const;

private:
    mutable std::mutex guard_;
    time_point since_; // that current_ is in use
    key current_;
    key previous_;
};

} // namespace pulsegate
