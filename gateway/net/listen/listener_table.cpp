#include "net/listen/listener_table.hpp"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace pulsegate {
namespace {

constexpr std::size_t most_rows = 65'536;
constexpr timeval longest_wait{1, 0}; // for each part of the kernel's answer

class descriptor {
public:
    explicit descriptor(int number) : number_(number) {}
    ~descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }

private:
    const int number_;
};

bool ask(int kernel, std::uint8_t family) {
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.request.sdiag_family = family;
    message.request.sdiag_protocol = IPPROTO_TCP;
    message.request.idiag_states = 1U << TCP_LISTEN;
    sockaddr_nl to{};
    to.nl_family = AF_NETLINK;
    return ::sendto(kernel, &message, sizeof message, 0, reinterpret_cast<const sockaddr*>(&to),
                    sizeof to) == static_cast<ssize_t>(sizeof message);
}

/// \param port     in network order, as is the address.
std::string local_of(int family, std::uint16_t port, const void* address) {
    std::string local(1, static_cast<char>(family));
    local.append(reinterpret_cast<const char*>(&port), sizeof port);
    local.append(static_cast<const char*>(address), family == AF_INET ? 4 : 16);
    return local;
}

listening_row row_of(const inet_diag_msg& found) {
    return {local_of(found.idiag_family, found.id.idiag_sport, found.id.idiag_src),
            found.idiag_inode};
}

enum class reading { goes_on, ended, failed };

/// One part of the kernel's answer (netlink(7)).
reading read_part(int kernel, std::vector<listening_row>& to) {
    alignas(nlmsghdr) std::array<char, 32 * 1024> part;
    const ssize_t received = ::recv(kernel, part.data(), part.size(), 0);
    if (received <= 0)
        return reading::failed;
    auto left = static_cast<unsigned>(received);
    for (auto* each = reinterpret_cast<const nlmsghdr*>(part.data()); NLMSG_OK(each, left);
         each = NLMSG_NEXT(each, left)) {
        if (each->nlmsg_type == NLMSG_DONE)
            return reading::ended;
        if (each->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
            each->nlmsg_len < NLMSG_LENGTH(sizeof(inet_diag_msg)))
            return reading::failed;
        inet_diag_msg found;
        std::memcpy(&found, NLMSG_DATA(each), sizeof found);
        to.push_back(row_of(found));
    }
    return to.size() < most_rows ? reading::goes_on : reading::ended;
}

std::optional<std::vector<listening_row>> ask_kernel() {
    std::vector<listening_row> rows;
    for (const int family : {AF_INET, AF_INET6}) {
        const descriptor kernel(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
        if (kernel.get() < 0)
            return std::nullopt;
        ::setsockopt(kernel.get(), SOL_SOCKET, SO_RCVTIMEO, &longest_wait, sizeof longest_wait);
        if (!ask(kernel.get(), static_cast<std::uint8_t>(family)))
            return std::nullopt;
        reading state = reading::goes_on;
        while (state == reading::goes_on)
            state = read_part(kernel.get(), rows);
        if (state == reading::failed)
            return std::nullopt;
    }
    return rows;
}

/// Of `0100007F:1F90`: words of the address as the machine has them, and the port (proc(5)).
std::string local_of(int family, const std::string& text) {
    const std::size_t colon = text.find(':');
    std::array<std::uint32_t, 4> address{};
    for (std::size_t i = 0; i < address.size() && (i + 1) * 8 <= colon; ++i)
        address[i] =
            static_cast<std::uint32_t>(std::stoul("0" + text.substr(i * 8, 8), nullptr, 16));
    const auto port = static_cast<std::uint16_t>(
        colon == std::string::npos ? 0 : std::stoul("0" + text.substr(colon + 1, 4), nullptr, 16));
    return local_of(family, htons(port), address.data());
}

void read_file(const char* table, int family, std::vector<listening_row>& to) {
    static const std::string listening = "0A"; // TCP_LISTEN
    std::ifstream file(table);
    std::string line;
    std::getline(file, line); // the heading
    while (to.size() < most_rows && std::getline(file, line)) {
        // sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode
        std::istringstream words(line);
        std::array<std::string, 10> word;
        for (std::string& each : word)
            words >> each;
        if (words && word[3] == listening)
            to.push_back({local_of(family, word[1]), std::stoull("0" + word[9])});
    }
}

} // namespace

std::vector<listening_row> read_listener_table() {
    if (auto rows = ask_kernel())
        return std::move(*rows);
    std::vector<listening_row> rows;
    read_file("/proc/net/tcp", AF_INET, rows);
    read_file("/proc/net/tcp6", AF_INET6, rows);
    return rows;
}

std::string local_of(const stream_endpoint& endpoint) {
    sockaddr_storage address{};
    std::memcpy(&address, endpoint.data(), endpoint.size());
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        return local_of(AF_INET, v4.sin_port, &v4.sin_addr);
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    return local_of(AF_INET6, v6.sin6_port, &v6.sin6_addr);
}

} // namespace pulsegate
