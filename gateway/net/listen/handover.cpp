#include "net/listen/handover.hpp"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

/// A line of /proc/net/tcp, as far as it matters here.
struct tcp_row {
    std::string local; // address and port in hexadecimal
    std::uint64_t inode = 0;
};

std::vector<tcp_row> read_listening(const char* table) {
    static const std::string listening = "0A"; // TCP_LISTEN
    std::vector<tcp_row> rows;
    std::ifstream file(table);
    std::string line;
    std::getline(file, line); // the heading
    while (std::getline(file, line)) {
        // sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode
        std::istringstream words(line);
        std::array<std::string, 10> word;
        for (std::string& each : word)
            words >> each;
        if (words && word[3] == listening)
            rows.push_back({word[1], std::stoull("0" + word[9])});
    }
    return rows;
}

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
    std::size_t others = 0;
    for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto rows = read_listening(table);
        std::set<std::string> own_addresses;
        for (const tcp_row& row : rows)
            if (inodes.contains(row.inode))
                own_addresses.insert(row.local);
        for (const tcp_row& row : rows)
            others += own_addresses.contains(row.local) && !inodes.contains(row.inode) ? 1 : 0;
    }
    return others;
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
