#include "support/raw_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pulsegate::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error("raw socket: " + what);
}

[[noreturn]] void fail_with_errno(const std::string& what) {
    fail(what + ": " + std::generic_category().message(errno));
}

std::string big_endian(std::uint64_t value, std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t i = count; i-- > 0; value >>= 8)
        bytes[i] = static_cast<char>(value & 0xFF);
    return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

void apply_mask(std::string& payload, std::string_view key) {
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
}

int new_socket(const socket_address& to) {
    const int family = std::holds_alternative<unix_address>(to) ? AF_UNIX : AF_INET;
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        fail_with_errno("socket");
    return descriptor;
}

} // namespace

int http_head::status() const {
    return start_line.size() > 12 ? std::stoi(start_line.substr(9, 3)) : 0;
}

std::string http_head::header(const std::string& name) const {
    const auto count = headers.count(name);
    if (count > 1)
        fail("header " + name + " is there " + std::to_string(count) + " times");
    return count == 0 ? "" : headers.find(name)->second;
}

unsigned raw_frame::close_code() const {
    if (kind != frame_kind::close)
        fail("not a Close frame but opcode " + std::to_string(static_cast<int>(kind)));
    return payload.size() < 2 ? 1005 : static_cast<unsigned>(from_big_endian(payload.substr(0, 2)));
}

std::string raw_frame::close_reason() const {
    return payload.size() < 2 ? "" : payload.substr(2);
}

std::string to_bytes(const raw_frame& frame) {
    std::string bytes;
    bytes += static_cast<char>((frame.fin ? 0x80 : 0) | frame.reserved_bits << 4 |
                               static_cast<int>(frame.kind));
    const std::size_t length = frame.payload.size();
    const int mask = frame.masked ? 0x80 : 0;
    if (length < 126) {
        bytes += static_cast<char>(mask | static_cast<int>(length));
    } else {
        bytes += static_cast<char>(mask | (length < 65'536 ? 126 : 127));
        bytes += big_endian(length, length < 65'536 ? 2 : 8);
    }
    std::string payload = frame.payload;
    if (frame.masked) {
        constexpr std::string_view key = "\x37\xfa\x21\x3d";
        bytes += key;
        apply_mask(payload, key);
    }
    return bytes + payload;
}

std::string close_body(unsigned code, std::string_view reason) {
    return big_endian(code, 2).append(reason);
}

raw_socket::raw_socket(int descriptor, role as) : descriptor_(descriptor), role_(as) {
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

raw_socket::raw_socket(raw_socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), role_(other.role_),
      unread_(std::move(other.unread_)) {}

raw_socket& raw_socket::operator=(raw_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(role_, other.role_);
    std::swap(unread_, other.unread_);
    return *this;
}

raw_socket::~raw_socket() {
    cut();
}

raw_socket raw_socket::connect(const socket_address& to, int receive_buffer_bytes) {
    const int descriptor = new_socket(to);
    if (receive_buffer_bytes > 0)
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof receive_buffer_bytes);
    return connect(descriptor, to);
}

raw_socket raw_socket::connect(int descriptor, const socket_address& to) {
    const auto connect_to = [&](const auto& address) {
        if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            return;
        const int error = errno;
        ::close(descriptor);
        errno = error;
        fail_with_errno("connect");
    };
    if (const auto* local = std::get_if<unix_address>(&to)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        local->path.copy(address.sun_path, sizeof address.sun_path - 1);
        connect_to(address);
    } else {
        const auto& tcp = std::get<tcp_address>(to);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(tcp.port);
        if (::inet_pton(AF_INET, tcp.host.c_str(), &address.sin_addr) != 1)
            fail("not an IPv4 address: " + tcp.host);
        connect_to(address);
    }
    return {descriptor, role::client};
}

std::string upgrade_request_text(std::string_view target, std::string_view more_headers) {
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: test.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(more_headers) + "\r\n";
}

raw_socket raw_socket::upgraded(const socket_address& to, std::string_view target,
                                std::string_view more_headers) {
    raw_socket client = connect(to);
    client.send(upgrade_request_text(target, more_headers));
    const http_head head = client.read_head();
    if (head.status() != 101)
        fail("upgrade answered by " + head.start_line);
    // RFC 6455 §1.3: the answer to this very key.
    if (head.header("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        fail("wrong Sec-WebSocket-Accept");
    return client;
}

void raw_socket::wait_for(short events) {
    pollfd one{descriptor_, events, 0};
    const auto milliseconds = std::chrono::milliseconds(patience).count();
    if (::poll(&one, 1, static_cast<int>(milliseconds)) == 0)
        fail(events == POLLIN ? "nothing came" : "nothing is taken");
}

bool raw_socket::is_readable(std::chrono::milliseconds longest) {
    if (!unread_.empty())
        return true;
    pollfd one{descriptor_, POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(longest.count())) == 1;
}

std::size_t raw_socket::send_what_fits(std::string_view bytes) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
        return static_cast<std::size_t>(sent);
    if (errno != EAGAIN)
        fail_with_errno("send");
    return 0;
}

void raw_socket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t sent = send_what_fits(bytes);
        bytes.remove_prefix(sent);
        if (sent == 0)
            wait_for(POLLOUT);
    }
}

void raw_socket::send_frame(frame_kind kind, std::string_view payload, bool fin) {
    send(to_bytes({.kind = kind,
                   .fin = fin,
                   .masked = role_ == role::client,
                   .payload = std::string(payload)}));
}

void raw_socket::send_close(unsigned code, std::string_view reason) {
    send_frame(frame_kind::close, close_body(code, reason));
}

std::string raw_socket::receive() {
    std::string bytes(65'536, '\0');
    for (;;) {
        wait_for(POLLIN);
        const auto received = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (received >= 0) {
            bytes.resize(static_cast<std::size_t>(received));
            return bytes;
        }
        if (errno != EAGAIN)
            fail_with_errno("recv");
    }
}

std::string raw_socket::read_exactly(std::size_t count) {
    while (unread_.size() < count) {
        const std::string more = receive();
        if (more.empty())
            fail("the connection ended where " + std::to_string(count) + " bytes were expected");
        unread_ += more;
    }
    std::string result = unread_.substr(0, count);
    unread_.erase(0, count);
    return result;
}

http_head raw_socket::read_head() {
    std::size_t end;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
        const std::string more = receive();
        if (more.empty())
            fail("the connection ended before the end of the headers");
        unread_ += more;
    }
    const std::string text = read_exactly(end + 4);
    http_head head;
    for (std::size_t at = 0; at < end;) {
        const std::size_t line_end = text.find("\r\n", at);
        const std::string line = text.substr(at, line_end - at);
        at = line_end + 2;
        const std::size_t colon = line.find(':');
        if (head.start_line.empty()) {
            head.start_line = line;
            continue;
        }
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const std::size_t value = line.find_first_not_of(' ', colon + 1);
        head.headers.emplace(name, value == std::string::npos ? "" : line.substr(value));
    }
    return head;
}

std::string raw_socket::read_body(const http_head& head) {
    const std::string length = head.header("content-length");
    if (!length.empty())
        return read_exactly(std::stoul(length));
    for (;;) {
        const std::string more = receive();
        if (more.empty())
            return std::exchange(unread_, {});
        unread_ += more;
    }
}

raw_frame raw_socket::read_frame() {
    const std::string start = read_exactly(2);
    const auto first = static_cast<std::uint8_t>(start[0]);
    const auto second = static_cast<std::uint8_t>(start[1]);
    raw_frame frame;
    frame.kind = static_cast<frame_kind>(first & 0x0F);
    frame.fin = (first & 0x80) != 0;
    frame.reserved_bits = static_cast<std::uint8_t>(first >> 4 & 7);
    frame.masked = (second & 0x80) != 0;
    std::uint64_t length = second & 0x7F;
    if (length >= 126)
        length = from_big_endian(read_exactly(length == 126 ? 2 : 8));
    const std::string key = frame.masked ? read_exactly(4) : "";
    frame.payload = read_exactly(length);
    if (frame.masked)
        apply_mask(frame.payload, key);
    return frame;
}

raw_frame raw_socket::read_message() {
    std::optional<raw_frame> message;
    for (;;) {
        raw_frame frame = read_frame();
        if (frame.kind == frame_kind::ping || frame.kind == frame_kind::pong)
            continue;
        if (frame.kind == frame_kind::close)
            return frame;
        if (!message)
            message = frame;
        else
            message->payload += frame.payload;
        if (frame.fin)
            return std::move(*message);
    }
}

raw_socket::ending raw_socket::wait_end(std::chrono::milliseconds longest) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    std::string thrown_away(65'536, '\0');
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd one{descriptor_, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) == 0)
            fail("the connection did not end");
        const auto received =
            ::recv(descriptor_, thrown_away.data(), thrown_away.size(), MSG_DONTWAIT);
        if (received == 0)
            return ending::closed;
        if (received < 0 && errno != EAGAIN)
            return ending::reset;
    }
}

void raw_socket::shut() {
    ::shutdown(descriptor_, SHUT_WR);
}

void raw_socket::cut() {
    if (descriptor_ >= 0)
        ::close(std::exchange(descriptor_, -1));
}

void raw_socket::reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    cut();
}

} // namespace pulsegate::test
