#include "net/upstream/one_address.hpp"

#include "net/sockets.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace pulsegate {
namespace {

/// connect(2) says EADDRNOTAVAIL for want of a local port, and for want of a local address, as
/// towards ::1 where IPv6 is switched off. A datagram socket wants only the address.
bool lacks_port(int error, const one_address::endpoint& to) {
    if (error != EADDRNOTAVAIL)
        return false;
    const int probe = ::socket(to.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return true;
    const bool has_address = ::connect(probe, to.data(), static_cast<socklen_t>(to.size())) == 0 ||
                             errno != EADDRNOTAVAIL;
    ::close(probe);
    return has_address;
}

std::string text_of(int error) {
    return std::generic_category().message(error);
}

} // namespace

bool one_address::start(time_point now) {
    began_ = now;
    return connect();
}

/// False after a failure.
bool one_address::connect() {
    app_ = connection(worker_.poll, ::socket(to_.protocol().family(),
                                             SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (app_.is_cut()) {
        fail(errno);
        return false;
    }
    if (app_.descriptor() >= worker_.settings->descriptors.of_apps && !worker_.left.make_room()) {
        fail(EMFILE); // the rest is for saying so
        return false;
    }
    set_connection_options(app_.descriptor());
    limit_unsent(app_.descriptor(), worker_.settings->config.limits.unsent_bytes);
    const bool is_begun =
        ::connect(app_.descriptor(), to_.data(), static_cast<socklen_t>(to_.size())) == 0 ||
        errno == EINPROGRESS || errno == EINTR;
    if (is_begun && app_.watch(*this, tls_queue::told_once(EPOLLOUT)))
        return true;
    fail(errno);
    return false;
}

void one_address::on_ready(std::uint32_t) {
    if (is_connected_) {
        if (!is_in_queue())
            worker_.tls_steps.enter(*this);
        return;
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(app_.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        fail(error);
        return owner_.on_over(*this);
    }
    is_connected_ = true;
    if (context_ == nullptr) {
        is_over_ = true;
        return owner_.on_over(*this);
    }
    tls_ = context_->connect(app_.descriptor());
    worker_.tls_steps.enter(*this);
}

void one_address::on_turn() {
    switch (tls_.handshake()) {
    case tls_stream::outcome::done:
        app_.secure(std::move(tls_));
        is_over_ = true;
        return owner_.on_over(*this);
    case tls_stream::outcome::wants_read:
        return wait(EPOLLIN);
    case tls_stream::outcome::wants_write:
        return wait(EPOLLOUT);
    case tls_stream::outcome::ended:
        fail(failures::tls, "the application ended the connection instead of TLS; does it speak "
                            "ws:// on this port?");
        return owner_.on_over(*this);
    case tls_stream::outcome::failed:
        fail(failures::tls, "no TLS with the application: " + tls_.failure());
        return owner_.on_over(*this);
    }
}

void one_address::wait(std::uint32_t events) {
    if (app_.watch(*this, tls_queue::told_once(events)))
        return;
    fail(failures::connect, "the kernel lacks memory for another connection");
    owner_.on_over(*this);
}

void one_address::cut() {
    is_over_ = true;
    leave_queue();
    app_.cut();
}

void one_address::fail(failures what, std::string why) {
    failure_ = what;
    why_ = std::move(why);
    cut();
}

void one_address::fail(int error) {
    if (error == EMFILE || error == ENFILE)
        return fail(failures::no_descriptors, text_of(error));
    if (lacks_port(error, to_))
        return fail(failures::no_port,
                    "no local port is left towards this address: " + text_of(error));
    fail(failures::connect, text_of(error));
}

} // namespace pulsegate
