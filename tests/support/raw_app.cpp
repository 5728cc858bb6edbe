#include "support/raw_app.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace pulsegate::test {

raw_app::raw_app() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        ::listen(descriptor_, 1024) != 0 ||
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        throw std::runtime_error("raw app: cannot listen");
    address_ = {"127.0.0.1", ntohs(address.sin_port)};
}

raw_app::~raw_app() {
    stop();
}

void raw_app::stop() {
    if (descriptor_ >= 0)
        ::close(std::exchange(descriptor_, -1));
}

std::string raw_app::url() const {
    return "ws://" + address_.host + ":" + std::to_string(address_.port);
}

raw_socket raw_app::accept() {
    pollfd one{descriptor_, POLLIN, 0};
    const auto milliseconds = std::chrono::milliseconds(patience).count();
    if (::poll(&one, 1, static_cast<int>(milliseconds)) != 1)
        throw std::runtime_error("raw app: the gateway did not connect");
    const int accepted = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0)
        throw std::runtime_error("raw app: cannot accept");
    return {accepted, raw_socket::role::server};
}

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    unsigned char base64[32];
    EVP_EncodeBlock(base64, digest, sizeof digest);
    return reinterpret_cast<const char*>(base64);
}

std::string switching_protocols(const http_head& request, std::string_view more) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           accept_value(request.header("sec-websocket-key")) + "\r\n" + std::string(more) + "\r\n";
}

raw_app::session raw_app::accept_session(std::string_view more, std::string_view early) {
    raw_socket socket = accept();
    http_head request = socket.read_head();
    socket.send(switching_protocols(request, more).append(early));
    return {std::move(request), std::move(socket)};
}

} // namespace pulsegate::test
