// Looks host names up, off the workers, and keeps what was found for all of them (kept_name).
//
// By getaddrinfo, on threads of its own: unlike c-ares it answers as every other program of this
// machine does (nsswitch.conf: /etc/hosts, systemd-resolved, mDNS, LDAP). What it lacks: it cannot
// be interrupted. So its threads are detached, and nobody waits for them, not even the end of the
// process; a name has one of them at most, so that a silent name server holds up its own names
// only; and names whose last look-up failed have half of the threads at most, so that others find
// one even when many fail. A thread ends when there is nothing to look up.
//
// Thread-safe. Touched when an application is dialled by its name, never while a session lives.
#pragma once

#include "net/upstream/kept_name.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pulsegate {

struct host_name_table;

class host_names {
public:
    /// How many names are looked up at one time; more wait.
    static constexpr unsigned most_threads = 64;

    /// How many names are kept; the one that nobody has asked for for the longest time makes room.
    static constexpr std::size_t most_names = 1024;

    struct found {
        host_addresses addresses; // null: none
        std::string error;        // why, for people
    };
    /// Blocks. Called on a thread of this class, never for one name at two times at once.
    using look_up = std::function<found(const std::string& host)>;

    explicit host_names(look_up by = by_getaddrinfo);
    host_names(const host_names&) = delete;
    host_names& operator=(const host_names&) = delete;
    ~host_names(); // nobody is told any more; look-ups under way are left alone

    static found by_getaddrinfo(const std::string& host);

    /// Somebody who waits for a name, until it is destroyed. May outlive the host_names.
    class waiter {
    public:
        waiter() = default; // nobody
        waiter(waiter&& other) noexcept = default;
        waiter& operator=(waiter&& other) noexcept;
        ~waiter() { leave(); }

    private:
        friend class host_names;
        void leave();

        std::weak_ptr<host_name_table> table_;
        std::string host_;
        std::uint64_t number_ = 0;
    };

    /// What is known of a name. Begins to look it up if need be.
    /// \param host       no literal address.
    /// \param waits_for  as kept_name::ask() has it.
    /// \param then       called once if the reply is to wait and `waits` still lives when the
    ///                   look-up has ended: on another thread, with a lock held. It only posts.
    /// \param waits      set if the reply is to wait.
    [[nodiscard]] kept_name::reply ask(const std::string& host, time_point now, duration waits_for,
                                       std::function<void()> then, waiter& waits);

private:
    const std::shared_ptr<host_name_table> table_;
};

} // namespace pulsegate
