#include "bench/handshake.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <span>
#include <strings.h>

namespace pulsegate::bench {

namespace {

std::string base64(std::span<const unsigned char> input) {
    std::string output(4 * ((input.size() + 2) / 3) + 1, '\0'); // OpenSSL ends it with a zero byte
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(output.data()), input.data(),
                    static_cast<int>(input.size()));
    output.pop_back();
    return output;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::string accept_for(std::string_view key) {
    const std::string input = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
    return base64(digest);
}

std::string key_from(std::uint64_t seed) {
    const std::array<std::uint64_t, 2> words{seed, seed * 0x9E3779B97F4A7C15u};
    std::array<unsigned char, 16> raw{};
    std::memcpy(raw.data(), words.data(), raw.size());
    return base64(raw);
}

std::string_view field_of(std::string_view head, std::string_view name) {
    while (!head.empty()) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        if (line.size() > name.size() && line[name.size()] == ':' &&
            strncasecmp(line.data(), name.data(), name.size()) == 0) {
            return without_blanks(line.substr(name.size() + 1));
        }
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    }
    return {};
}

std::string upgrade_request(std::uint16_t port, std::string_view key) {
    return "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: " +
           std::string(key) + "\r\n\r\n";
}

std::string upgrade_response(std::string_view key) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           accept_for(key) + "\r\n\r\n";
}

} // namespace pulsegate::bench
