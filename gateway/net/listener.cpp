#include "net/listener.hpp"

#include "base/log.hpp"
#include "net/arrival.hpp"
#include "net/handover.hpp"

#include <boost/asio/error.hpp>

#include <string>

namespace pulsegate {
namespace {

// Long enough not to spin when descriptors have run out, short enough not to be noticed when they
// are back.
constexpr milliseconds pause_after_error{100};
} // namespace

listener::listener(worker_context& worker, stream_acceptor acceptor, std::size_t index,
                   bool is_inherited)
    : worker_(worker), index_(index), is_inherited_(is_inherited), acceptor_(std::move(acceptor)),
      pause_(worker.io.get_executor()), until_last_arrivals_(worker.io.get_executor()) {}

void listener::on_drain(bool has_heir) {
    if (is_inherited_)
        stop();
    else if (has_heir)
        stop_after(last_arrivals);
}

void listener::on_last_call() {
    if (!acceptor_.is_open())
        return;
    (void)overlook_newcomers(acceptor_.native_handle()); // else a few may come too late
    stop_after(last_steps);
}

void listener::stop_after(milliseconds rest) {
    pause_.cancel();
    until_last_arrivals_.expires_after(rest);
    until_last_arrivals_.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        accept_what_waits();
        stop();
    });
}

void listener::accept_what_waits() {
    error_code error;
    acceptor_.non_blocking(true, error);
    while (!error) {
        stream_socket client(worker_.io.get_executor());
        acceptor_.accept(client, error);
        if (!error)
            receive(std::move(client));
    }
}

void listener::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    until_last_arrivals_.cancel();
}

void listener::receive(stream_socket client) {
    arrival::begin(worker_, std::move(client), index_);
}

void listener::accept() {
    acceptor_.async_accept(
        [this](error_code error, stream_socket client) { on_accept(error, std::move(client)); });
}

void listener::on_accept(error_code error, stream_socket client) {
    if (!acceptor_.is_open())
        return;
    if (!error) {
        has_complained_ = false;
        receive(std::move(client));
        return accept();
    }
    ++worker_.count.accept_errors;
    // A client that left while it waited in the queue (accept(2), ECONNABORTED) is no reason to
    // pause.
    if (error == asio::error::connection_aborted)
        return accept();
    if (!std::exchange(has_complained_, true)) {
        const std::string reason = error.message();
        log::write(log::level::error, "cannot accept connections",
                   {{"error", reason},
                    {"help", "they wait in the queue; raise the limit of open files (ulimit -n)"}});
    }
    pause_.expires_after(pause_after_error);
    pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open())
            accept();
    });
}

} // namespace pulsegate
