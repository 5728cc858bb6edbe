#include "inprocess/system_calls.hpp"

#include "support/patience.hpp"

#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace pulsegate::test {
namespace {

// Run by the main thread, before main().
[[maybe_unused]] const bool main_is_a_test_thread = is_test_thread = true;

std::atomic<int> calls_left{0}; // until one fails; 0: none will
std::atomic<const char*> failed_call{nullptr};

std::atomic<long> events_told{0};

std::mutex hold_mutex;
std::condition_variable hold_changed;
std::atomic<bool> holds = false;
bool is_held = false; // under the mutex

/// True if this call is the one to fail.
bool is_chosen(const char* name) {
    if (is_test_thread || calls_left.load() <= 0 || --calls_left != 0)
        return false;
    failed_call = name;
    return true;
}

/// Fails a call; a connection is then broken for the calls after it as well, as it would be.
int fail(int descriptor, int error) {
    if (descriptor >= 0)
        ::shutdown(descriptor, SHUT_RDWR);
    errno = error;
    return -1;
}

void count_events(int count) {
    events_told += count;
}

void wait_if_held() {
    if (is_test_thread || !holds)
        return;
    std::unique_lock lock(hold_mutex);
    is_held = true;
    hold_changed.notify_all();
    hold_changed.wait(lock, [] { return !holds; });
    is_held = false;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

} // namespace

failing_call::failing_call(int number) {
    failed_call = nullptr;
    calls_left = number;
}

failing_call::~failing_call() {
    calls_left = 0;
}

std::string failing_call::failed() const {
    const char* const name = failed_call;
    return name == nullptr ? "" : name;
}

events_of_workers::events_of_workers() : before_(events_told) {}

long events_of_workers::count() const {
    return events_told - before_;
}

held_workers::held_workers() {
    holds = true;
}

held_workers::~held_workers() {
    {
        const std::lock_guard lock(hold_mutex);
        holds = false;
    }
    hold_changed.notify_all();
}

void held_workers::wait() const {
    std::unique_lock lock(hold_mutex);
    if (!hold_changed.wait_for(lock, patience, [] { return is_held; }))
        throw std::runtime_error("no worker was held");
}

} // namespace pulsegate::test

// NOLINTBEGIN: the names and signatures are the C library's.
#define PULSEGATE_REAL(name) pulsegate::test::real<decltype(::name)>(#name)
using pulsegate::test::count_events;
using pulsegate::test::fail;
using pulsegate::test::is_chosen;
using pulsegate::test::wait_if_held;

extern "C" {

ssize_t recv(int fd, void* buffer, size_t size, int flags) {
    static auto* const real_call = PULSEGATE_REAL(recv);
    wait_if_held();
    return is_chosen("recv") ? fail(fd, ECONNRESET) : real_call(fd, buffer, size, flags);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
    static auto* const real_call = PULSEGATE_REAL(recvmsg);
    wait_if_held();
    return is_chosen("recvmsg") ? fail(fd, ECONNRESET) : real_call(fd, message, flags);
}

ssize_t send(int fd, const void* buffer, size_t size, int flags) {
    static auto* const real_call = PULSEGATE_REAL(send);
    return is_chosen("send") ? fail(fd, EPIPE) : real_call(fd, buffer, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    static auto* const real_call = PULSEGATE_REAL(sendmsg);
    return is_chosen("sendmsg") ? fail(fd, EPIPE) : real_call(fd, message, flags);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
    static auto* const real_call = PULSEGATE_REAL(connect);
    return is_chosen("connect") ? fail(-1, ECONNREFUSED) : real_call(fd, address, size);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
    static auto* const real_call = PULSEGATE_REAL(accept);
    return is_chosen("accept") ? fail(-1, EMFILE) : real_call(fd, address, size);
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
    static auto* const real_call = PULSEGATE_REAL(accept4);
    return is_chosen("accept4") ? fail(-1, EMFILE) : real_call(fd, address, size, flags);
}

int socket(int domain, int type, int protocol) noexcept {
    static auto* const real_call = PULSEGATE_REAL(socket);
    return is_chosen("socket") ? fail(-1, EMFILE) : real_call(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int pair[2]) noexcept {
    static auto* const real_call = PULSEGATE_REAL(socketpair);
    return is_chosen("socketpair") ? fail(-1, EMFILE) : real_call(domain, type, protocol, pair);
}

int shutdown(int fd, int how) noexcept {
    static auto* const real_call = PULSEGATE_REAL(shutdown);
    return is_chosen("shutdown") ? fail(-1, ENOTCONN) : real_call(fd, how);
}

int epoll_wait(int epoll, epoll_event* events, int size, int timeout) {
    static auto* const real_call = PULSEGATE_REAL(epoll_wait);
    const int count = real_call(epoll, events, size, timeout);
    if (count > 0 && !pulsegate::test::is_test_thread)
        count_events(count);
    return count;
}

// Only adding a descriptor can fail in practice (ENOSPC, max_user_watches).
int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
    static auto* const real_call = PULSEGATE_REAL(epoll_ctl);
    return operation == EPOLL_CTL_ADD && is_chosen("epoll_ctl")
               ? fail(-1, ENOSPC)
               : real_call(epoll, operation, fd, event);
}

} // extern "C"
// NOLINTEND
