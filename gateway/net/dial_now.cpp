#include "net/dial_now.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace pulsegate {
namespace {

constexpr int patience = 3'000; // milliseconds for each address

std::string words_of(int error) {
    return std::generic_category().message(error);
}

std::string try_address(const ::addrinfo& to) {
    const int descriptor = ::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return words_of(errno);
    int error = ::connect(descriptor, to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        ::pollfd waiting{descriptor, POLLOUT, 0};
        socklen_t size = sizeof error;
        if (::poll(&waiting, 1, patience) != 1)
            error = ETIMEDOUT;
        else
            ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    ::close(descriptor);
    return error == 0 ? "" : words_of(error);
}

} // namespace

std::string dial_now(const tcp_address& to) {
    ::addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    ::addrinfo* found = nullptr;
    const int error =
        ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found);
    if (error != 0)
        return "its name is not known: " + std::string(::gai_strerror(error));
    const std::unique_ptr<::addrinfo, void (*)(::addrinfo*)> all(found, ::freeaddrinfo);
    std::string fault = "its name has no address";
    for (const ::addrinfo* each = found; each != nullptr && !fault.empty(); each = each->ai_next)
        fault = try_address(*each);
    return fault;
}

} // namespace pulsegate
