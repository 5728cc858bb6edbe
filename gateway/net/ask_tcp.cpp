#include "net/ask_tcp.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace pulsegate {
namespace {

// Of tcpi_state; <netinet/tcp.h>, which has their names, cannot stand beside <linux/tcp.h>.
constexpr std::uint8_t tcp_close = 7;
constexpr std::uint8_t tcp_close_wait = 8;

} // namespace

tcp_look ask_tcp(int descriptor) {
    tcp_look seen;
    int count = 0;
    if (::ioctl(descriptor, FIONREAD, &count) == 0)
        seen.unread = static_cast<std::uint64_t>(count);
    if (::ioctl(descriptor, TIOCOUTQ, &count) == 0)
        seen.waiting = static_cast<std::uint64_t>(count);
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) {
        seen.acked = info.tcpi_bytes_acked;
        seen.unsent = info.tcpi_notsent_bytes;
        seen.since_data = milliseconds(info.tcpi_last_data_recv);
        seen.has_ended = info.tcpi_state == tcp_close_wait || info.tcpi_state == tcp_close;
    } else { // a Unix socket: its queue gets shorter only by what the peer reads
        seen.acked = (std::uint64_t{1} << 62) - seen.waiting;
        seen.unsent = seen.waiting;
    }
    return seen;
}

} // namespace pulsegate
