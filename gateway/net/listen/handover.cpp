#include "net/listen/handover.hpp"

#include "net/listen/listener_table.hpp"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>

namespace pulsegate {
namespace {

std::set<std::uint64_t> inodes_of(std::span<const int> descriptors) {
    std::set<std::uint64_t> inodes;
    for (const int descriptor : descriptors) {
        struct stat status {};
        if (::fstat(descriptor, &status) == 0)
            inodes.insert(status.st_ino);
    }
    return inodes;
}

} // namespace

std::size_t count_other_listeners(std::span<const int> own) {
    const auto inodes = inodes_of(own);
    const auto rows = read_listener_table();
    std::set<std::string> own_addresses;
    for (const listening_row& row : rows)
        if (inodes.contains(row.inode))
            own_addresses.insert(row.local);
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [&](const listening_row& row) {
            return own_addresses.contains(row.local) && !inodes.contains(row.inode);
        }));
}

bool steer_to_others(std::span<const int> own, std::size_t others) {
    if (own.empty() || others == 0)
        return false;
    // Sockets are numbered in the order in which they began to listen.
    std::array program{
        sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0,
                    static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU)},
        sock_filter{BPF_ALU | BPF_MOD | BPF_K, 0, 0, static_cast<std::uint32_t>(others)},
        sock_filter{BPF_ALU | BPF_ADD | BPF_K, 0, 0, static_cast<std::uint32_t>(own.size())},
        sock_filter{BPF_RET | BPF_A, 0, 0, 0},
    };
    const sock_fprog all{static_cast<unsigned short>(program.size()), program.data()};
    return ::setsockopt(own.front(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &all, sizeof all) == 0;
}

bool overlook_newcomers(int listening) {
    // A filter sees a packet from its TCP header on, whose 14th byte has the flags (RFC 9293 §3.1).
    constexpr std::uint32_t flags = 13;
    constexpr std::uint32_t whole = 0xffffffff;
    std::array program{
        sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, flags},
        sock_filter{BPF_ALU | BPF_AND | BPF_K, 0, 0, TH_SYN | TH_ACK},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, TH_SYN},
        sock_filter{BPF_RET | BPF_K, 0, 0, 0},
        sock_filter{BPF_RET | BPF_K, 0, 0, whole},
    };
    const sock_fprog all{static_cast<unsigned short>(program.size()), program.data()};
    return ::setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof all) == 0;
}

} // namespace pulsegate
