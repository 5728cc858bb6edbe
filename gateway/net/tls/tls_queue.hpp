// Lets the expensive steps of TLS handshakes through one by one, with a turn of the event loop
// after each millisecond of them: a crowd that connects at once does not delay the sessions that
// are there. Owner: one worker.
#pragma once

#include "net/poller.hpp"

#include <boost/intrusive/list.hpp>

namespace pulsegate {

class tls_queue {
public:
    /// Something that waits for its turn. It leaves the queue when it is destroyed.
    class entry : public boost::intrusive::list_base_hook<
                      boost::intrusive::tag<class tls_queue_tag>,
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        /// Its turn has come; it is in the queue no more.
        virtual void on_turn() = 0;

        [[nodiscard]] bool is_in_queue() const { return is_linked(); }

        /// Gives its place in the queue up, if it has one.
        void leave_queue() {
            if (is_linked())
                unlink();
        }

    protected:
        ~entry() = default;
    };

    explicit tls_queue(poller& poll) : poll_(poll) {}

    /// What an entry watches its socket for: edge-triggered, so that the poller does not tell again
    /// and again, as long as the entry waits for its turn, what it has told. A step of OpenSSL that
    /// wants more has read, or written, until the kernel had no more, so the next edge is news.
    [[nodiscard]] static constexpr std::uint32_t told_once(std::uint32_t interest) {
        return interest | EPOLLET;
    }

    /// Queues an entry that is not in the queue. Its turn comes later, never within the call.
    void enter(entry& one);

private:
    void turn();

    using queue =
        boost::intrusive::list<entry,
                               boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                                   boost::intrusive::tag<class tls_queue_tag>,
                                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>>>,
                               boost::intrusive::constant_time_size<false>>;

    poller& poll_;
    queue waiting_;
    bool is_turning_ = false; // a turn is posted
};

} // namespace pulsegate
