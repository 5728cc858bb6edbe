#include "support/raw_http_client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pulsegate::test {
namespace {

constexpr int deadline_seconds = 20;

} // namespace

raw_http_client::raw_http_client(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval wait{deadline_seconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
}

raw_http_client::~raw_http_client() {
    ::close(socket_);
}

bool raw_http_client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void raw_http_client::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void raw_http_client::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

bool raw_http_client::fill() {
    std::array<char, 4096> bytes;
    const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("nothing received in time");
    was_reset_ = size < 0;
    if (size <= 0)
        return false;
    received_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
}

raw_response raw_http_client::read_response(bool has_body) {
    const auto need_more = [this] {
        if (!fill())
            throw std::runtime_error("closed before the end of a response: " + received_);
    };
    std::size_t header_end = 0;
    while ((header_end = received_.find("\r\n\r\n")) == std::string::npos)
        need_more();
    const std::string header = received_.substr(0, header_end + 2);
    received_.erase(0, header_end + 4);

    raw_response response;
    if (!header.starts_with("HTTP/1."))
        throw std::runtime_error("not a response: " + header);
    response.status = std::stoi(header.substr(9, 3));
    std::size_t line = header.find("\r\n") + 2;
    while (line < header.size()) {
        const std::size_t end = header.find("\r\n", line);
        const std::size_t colon = header.find(": ", line);
        std::string name = header.substr(line, colon - line);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        response.fields[name] = header.substr(colon + 2, end - colon - 2);
        line = end + 2;
    }
    if (has_body) {
        const std::size_t size = std::stoul(response.fields.at("content-length"));
        while (received_.size() < size)
            need_more();
        response.body = received_.substr(0, size);
        received_.erase(0, size);
    }
    return response;
}

bool raw_http_client::is_closed_by_peer() {
    return received_.empty() && !fill();
}

bool raw_http_client::is_ended_in_order() {
    return is_closed_by_peer() && !was_reset_;
}

bool raw_http_client::hears_nothing_for(std::chrono::milliseconds time) {
    pollfd descriptor{socket_, POLLIN, 0};
    return received_.empty() && ::poll(&descriptor, 1, static_cast<int>(time.count())) == 0;
}

std::string get_request(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

} // namespace pulsegate::test
