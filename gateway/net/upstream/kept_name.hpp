// What is known of one host name: its addresses as they were found last, and whether somebody is
// looking them up. Pure.
//
// Addresses are kept for a short time, since getaddrinfo tells no TTL. After that, whoever asks
// next has the name looked up again, and all who ask meanwhile wait for that one look-up. The last
// good addresses are used instead while a look-up fails or takes long, but not for ever: they may
// have become somebody else's.
#pragma once

#include "base/time.hpp"

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <string>
#include <vector>

namespace pulsegate {

/// In the order in which they are to be tried. Immutable and shared by all who asked.
using host_addresses = std::shared_ptr<const std::vector<boost::asio::ip::address>>;

class kept_name {
public:
    /// How long addresses are used without looking them up again.
    static constexpr std::chrono::seconds fresh{5};

    /// How long it is worth to wait for a look-up although there are older addresses.
    static constexpr milliseconds patience{1'000};

    /// From a look-up that failed to the next one.
    static constexpr std::chrono::seconds pause{1};

    /// How long after they were found addresses are used, at most.
    static constexpr std::chrono::hours longest{1};

    /// How many addresses of a name are kept.
    static constexpr std::size_t most_addresses = 16;

    struct reply {
        enum class kinds {
            found,  // `addresses` are there
            failed, // there are none, for the reason `error`
            wait, // ask again when the look-up has ended, or if `has_older` when one is tired of it
        };
        kinds kind = kinds::wait;
        host_addresses addresses;
        std::string error;
        bool has_older = false;
        bool begins = false; // the caller has the name looked up now
    };

    /// Somebody wants to know the addresses.
    /// \param waits_for  how long it can wait for a look-up although there are older addresses.
    [[nodiscard]] reply ask(time_point now, duration waits_for = patience);

    /// How the look-up ended.
    /// \param addresses  not empty.
    void on_found(host_addresses addresses, time_point now);
    /// \param error  for people; not empty.
    void on_failed(std::string error, time_point now);

    [[nodiscard]] bool is_looking() const { return is_looking_; }

    /// True if the last look-up that ended found nothing.
    [[nodiscard]] bool has_failed() const { return !error_.empty(); }

private:
    host_addresses addresses_; // null: none were ever found
    time_point found_at_{};
    std::string error_; // of the last look-up that ended; "": it found something
    time_point failed_at_{};
    bool is_looking_ = false;
    time_point looking_since_{};
};

} // namespace pulsegate
