// Connections that were accepted and not admitted yet: who knocks, and who has to make room. One
// that says nothing holds a place for as long as `limits.handshake`; when places run out, the
// oldest of those that the gateway waits for goes, never one that waits for the gateway. So whoever
// knocks comes in, unless as many again knock while his request is on its way.
// Pure: what making room means is its holder's. Owner: one worker, which has its share of the
// limits; no other thread ever asks.
#pragma once

#include "base/time.hpp"
#include "client/client_table.hpp"

#include <boost/intrusive/set.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

namespace pulsegate {

/// One worker's share of the limits.
struct newcomer_limits {
    std::size_t all = 1;       // >= 1
    std::size_t of_client = 0; // 0: no limit
};

class newcomers {
    struct entry;

public:
    /// What there is too little of.
    enum class scarcity : std::uint8_t { places, places_of_client, descriptors };

    /// Whoever a place is with for now.
    class holder {
    public:
        /// Give the place up, unless the client has sent something that nobody has looked at: then
        /// go on with that. Asked again at once, if there is still no room.
        virtual void on_make_room(scarcity of) = 0;

    protected:
        ~holder() = default;
    };

    /// Counted until it is destroyed. It starts out as one that waits for the gateway.
    class place {
    public:
        place() noexcept; // none
        place(place&&) noexcept;
        place& operator=(place&&) noexcept;
        ~place();

        /// The client's turn has come: from now on `by` may be asked to make room.
        void wait_for_client(holder& by);

        /// Nobody is to blame but the gateway, until wait_for_client().
        void wait_for_gateway();

        /// Its client is known only now. Makes room among the others of that client, if need be.
        /// False if there is none; then nothing is counted for it.
        [[nodiscard]] bool tell_client(const ip_address& client, const newcomer_limits& limits);

    private:
        friend class newcomers;
        explicit place(std::unique_ptr<entry> in) noexcept;
        std::unique_ptr<entry> entry_; // null: none
    };

    newcomers();
    newcomers(const newcomers&) = delete;
    newcomers& operator=(const newcomers&) = delete;
    ~newcomers(); // all places have been given up

    /// How long one may wait for its client before it has to make room for all: a client that has
    /// just connected is about to ask.
    static constexpr milliseconds least_patience{200};

    /// True if nobody can make room yet: whoever knocks had better wait in the kernel's queue.
    [[nodiscard]] bool must_wait(const newcomer_limits& limits, time_point now) const {
        return size_ >= limits.all && !has_patient_one(now);
    }

    /// Takes a place, after others have made room if need be. What lacks, if none of them can.
    /// \param client  nothing if it is not known, or not counted: a trusted proxy, a Unix socket.
    [[nodiscard]] std::variant<place, scarcity>
    enter(const std::optional<ip_address>& client, const newcomer_limits& limits, time_point now);

    /// Has the oldest one that waits for its client make room for a descriptor. False if there is
    /// none that has waited long enough.
    bool make_room_for_descriptor(time_point now);

    [[nodiscard]] std::size_t size() const { return size_; }
    /// How many client addresses are known.
    [[nodiscard]] std::size_t clients() const { return clients_.size(); }

private:
    // How many are asked to make room for one: those that have sent something meanwhile do not.
    static constexpr int most_asked = 8;

    template <class Tag>
    using hook =
        boost::intrusive::set_base_hook<boost::intrusive::tag<Tag>,
                                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    using in_all = hook<struct newcomer_tag>;
    using in_client = hook<struct newcomer_of_client_tag>;
    struct by_arrival {
        bool operator()(const entry& one, const entry& other) const;
    };
    template <class Hook>
    using by_age = boost::intrusive::set<entry, boost::intrusive::base_hook<Hook>,
                                         boost::intrusive::compare<by_arrival>,
                                         boost::intrusive::constant_time_size<false>>;
    struct one_client {
        std::size_t count = 0;
        by_age<in_client> waiting;
    };
    using client_map = std::unordered_map<ip_address, one_client, client_key_hash>;

    [[nodiscard]] bool has_patient_one(time_point now) const;
    template <class HasRoom>
    [[nodiscard]] bool make_room(scarcity of, HasRoom has_room);
    [[nodiscard]] bool make_room_for(const ip_address& key, const newcomer_limits& limits);
    void count_for(entry& one, const ip_address& key);
    void leave(entry& one);

    std::uint64_t next_arrival_ = 0;
    std::size_t size_ = 0;
    by_age<in_all> waiting_; // for their clients
    client_map clients_;     // as many as have places, at most
};

} // namespace pulsegate
