#include "bench/sockets.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>

namespace pulsegate::bench {

namespace {

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

int make_socket() {
    return checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
}

void enable(int descriptor, int level, int option) {
    const int on = 1;
    checked(::setsockopt(descriptor, level, option, &on, sizeof on), "setsockopt");
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

int listen_on(std::uint16_t port) {
    const int descriptor = make_socket();
    enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
    const sockaddr_in address = loopback(port);
    checked(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address),
            "bind");
    checked(::listen(descriptor, SOMAXCONN), "listen");
    return descriptor;
}

int accept_from(int listener) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
        enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
    }
    return descriptor;
}

int connect_to(std::uint16_t port) {
    const int descriptor = make_socket();
    enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
    const sockaddr_in address = loopback(port);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
        errno != EINPROGRESS) {
        checked(-1, "connect");
    }
    return descriptor;
}

int make_epoll() {
    return checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
}

void watch(int epoll, int descriptor, void* tag) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = tag;
    checked(::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

} // namespace pulsegate::bench
