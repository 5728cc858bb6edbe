// One worker: a thread, its event loop, its listeners and all that lives on it. Nothing of a worker
// may be touched from another thread, except post().
#pragma once

#include "net/listen/listener.hpp"
#include "net/worker_context.hpp"

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace pulsegate {

class worker {
public:
    worker(settings_pointer settings, connection_quota& quota, shared_admission& admission,
           shared_upstreams& upstreams);
    ~worker();

    /// Before start(): gives the worker a listening socket.
    /// \param index         of its settings in configuration::listeners.
    /// \param is_inherited  somebody else keeps it open over the end of this process.
    void listen(stream_acceptor acceptor, std::size_t index, bool is_inherited);

    /// Starts the thread.
    void start();

    /// Runs `what` on the worker's thread. The only member that is thread-safe.
    void post(std::function<void(worker_context&)> what);

    /// Asks every session to end at a random time before `until`.
    /// \param has_heir  another gateway has taken over: what still comes here is served. Else new
    ///                  upgrades are refused.
    void drain(time_point until, bool has_heir);

    /// The drain is over: answers those who have connected by now, and lets nobody in any more.
    void last_call();

    /// Serves by these settings from now on: new connections at once, those that are there a few at
    /// a time. `done` runs on the worker's thread when all have been told.
    void reload(settings_pointer settings, std::function<void()> done);

    /// Cuts what is left, and ends the thread. Returns when it has ended.
    void stop();

    [[nodiscard]] worker_context& context() { return context_; }

private:
    void run();
    void tick();

    using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, io_executor>;

    worker_context context_;
    std::vector<std::unique_ptr<listener>> listeners_;
    timer ticker_;
    bool is_stopping_ = false;
    std::thread thread_;
};

} // namespace pulsegate
