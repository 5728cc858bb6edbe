#include "server/service_manager.hpp"

#include "base/log.hpp"

#ifdef PULSEGATE_WITHOUT_SYSTEMD
#include "server/without_systemd.hpp"
#else
#include <systemd/sd-daemon.h>
#endif

#include <sys/socket.h>

#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pulsegate {
namespace {

std::uint64_t microseconds_of(duration span) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(span).count());
}

/// CLOCK_MONOTONIC, as the protocol asks for it; steady_clock is that clock on Linux.
std::string monotonic_microseconds() {
    return std::to_string(microseconds_of(clock::now().time_since_epoch()));
}

/// \param result  what a function of sd-daemon(3) returned: a negative errno.
std::string problem_of(int result) {
    if (result == -ENOSYS)
        return "this program was built without libsystemd";
    return std::generic_category().message(-result);
}

socket_address address_of(int descriptor) {
    stream_endpoint endpoint;
    socklen_t size = static_cast<socklen_t>(endpoint.capacity());
    if (sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0 ||
        ::getsockname(descriptor, endpoint.data(), &size) != 0)
        throw std::runtime_error("the service manager passes descriptor " +
                                 std::to_string(descriptor) +
                                 ", which is no listening socket; use `ListenStream=`");
    endpoint.resize(size);
    return to_address(endpoint);
}

} // namespace

std::vector<inherited_socket> take_inherited_sockets() {
    const int count = sd_listen_fds(1);
    if (count < 0)
        throw std::runtime_error("cannot take the sockets of the service manager: " +
                                 problem_of(count));
    std::vector<inherited_socket> taken;
    for (int i = 0; i < count; ++i) {
        const int descriptor = SD_LISTEN_FDS_START + i;
        taken.push_back({address_of(descriptor), descriptor});
    }
    return taken;
}

void service_manager::on_ready() {
    const int told = sd_notify(0, "READY=1\nSTATUS=serving");
    if (told < 0)
        log::write(log::level::warning, "the service manager was not told",
                   {{"error", problem_of(told)}});
}

void service_manager::on_reload_begins() {
    sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds()).c_str());
}

void service_manager::on_reload_ends() {
    sd_notify(0, "READY=1");
}

void service_manager::on_drain(duration longest) {
    sd_notify(0, ("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=" +
                  std::to_string(microseconds_of(longest)))
                     .c_str());
}

void service_manager::watch(std::function<void(std::function<void()>)> check) {
    std::uint64_t period = 0;
    if (sd_watchdog_enabled(0, &period) <= 0)
        return;
    check_ = std::move(check);
    wait(std::chrono::microseconds(period / 2));
}

void service_manager::wait(duration period) {
    check_([] { sd_notify(0, "WATCHDOG=1"); });
    timer_.expires_after(period);
    timer_.async_wait([this, period](error_code cancelled) {
        if (!cancelled)
            wait(period);
    });
}

} // namespace pulsegate
