// Connections to applications that wait for the next plain request (RFC 9112 §9.3). They are kept
// for a shorter time than applications keep them (`http.app_idle`), so that a request seldom meets
// one that is just being closed; the one used last is used first, so that the others grow old. One
// on which anything happens meanwhile, an end or bytes that nobody asked for, is cut.
// Owner: one worker.
#pragma once

#include "net/connection.hpp"
#include "net/tls/tls_context.hpp"
#include "session/timing_wheel.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace pulsegate {

class app_pool {
public:
    /// \param wheel  outlives this.
    explicit app_pool(timing_wheel& wheel) : wheel_(wheel) {}
    ~app_pool() { clear(); }

    /// Which connections are alike: those to one address, secured by the same rules.
    struct destination {
        std::string address;                   // as in the configuration, with the port
        std::shared_ptr<const client_tls> tls; // null: plain
        friend auto operator<=>(const destination&, const destination&) = default;
    };

    struct kept {
        connection app;
        std::string address; // that it is connected to, for the log
    };

    /// Takes one that was kept; nothing if there is none.
    [[nodiscard]] std::optional<kept> take(const destination& to);

    /// Keeps a connection whose answer is complete.
    /// \param most   of this destination; one more than that is cut.
    /// \param until  real time.
    void keep(const destination& to, kept one, std::size_t most, time_point until);

    /// Cuts all of them.
    void clear();

private:
    using hook = boost::intrusive::list_base_hook<boost::intrusive::tag<class app_pool_tag>>;

    struct entry final : wheel_node, hook, poll_target {
        entry(app_pool& pool, const destination& to, kept&& what)
            : in(pool), of(to), held(std::move(what)) {}
        void on_due() override { in.remove(*this); }
        void on_ready(std::uint32_t) override { in.remove(*this); }

        app_pool& in;
        const destination of;
        kept held;
    };
    // The one used last is the first.
    using entry_list = boost::intrusive::list<entry, boost::intrusive::base_hook<hook>>;

    kept remove(entry& which);

    timing_wheel& wheel_;
    std::map<destination, entry_list> entries_; // no list is empty
};

} // namespace pulsegate
