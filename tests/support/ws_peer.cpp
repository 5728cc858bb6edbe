#include "support/ws_peer.hpp"

#include "support/peer_loop.hpp"
#include "support/ws_stream.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>

namespace pulsegate::test {

using boost::asio::ip::tcp;

ws_peer::ws_peer(std::shared_ptr<stream> on_loop) : stream_(std::move(on_loop)) {}
ws_peer::ws_peer(ws_peer&&) noexcept = default;

ws_peer& ws_peer::operator=(ws_peer&& other) noexcept {
    std::swap(stream_, other.stream_);
    return *this;
}

ws_peer::~ws_peer() {
    if (stream_ != nullptr)
        cut();
}

ws_peer ws_peer::begin(const socket_address& to, const ws_options& how) {
    const auto& address = std::get<tcp_address>(to);
    const tcp::endpoint endpoint(boost::asio::ip::make_address(address.host), address.port);
    auto made = std::make_shared<stream>(stream::socket(peer_loop()));
    made->run([endpoint, how](stream& self) { self.connect(endpoint, how); });
    return ws_peer(std::move(made));
}

ws_peer ws_peer::connect(const socket_address& to, const ws_options& how) {
    ws_peer peer = begin(to, how);
    if (peer.status() != 101)
        throw std::runtime_error("upgrade answered by " + std::to_string(peer.status()) + " " +
                                 peer.answer_body());
    return peer;
}

int ws_peer::status() const {
    stream_->wait("an answer to its upgrade",
                  [](const auto& all) { return all.status.has_value(); });
    return stream_->look([](const auto& all) { return *all.status; });
}

std::string ws_peer::answer_header(std::string_view name) const {
    return stream_->look([&](const auto& all) { return std::string(all.answer[name]); });
}

std::string ws_peer::answer_body() const {
    return stream_->look([](const auto& all) { return all.answer.body(); });
}

void ws_peer::send(std::string data, bool is_text) {
    stream_->send({std::move(data), is_text}, true);
}

void ws_peer::send_piece(std::string data, bool is_last, bool is_text) {
    stream_->send({std::move(data), is_text}, is_last);
}

void ws_peer::send_ping(std::string payload) {
    stream_->ping(std::move(payload));
}

void ws_peer::wait_sent() const {
    stream_->wait("its messages to be taken",
                  [](const auto& all) { return all.unsent == 0 || all.end.has_value(); });
}

ws_message ws_peer::receive() {
    stream_->wait("a message",
                  [](const auto& all) { return !all.inbox.empty() || all.end.has_value(); });
    std::optional<ws_message> first;
    stream_->change([&](auto& all) {
        if (all.inbox.empty())
            return;
        first = std::move(all.inbox.front());
        all.inbox.pop_front();
    });
    if (!first)
        throw std::runtime_error("the connection ended instead of a message: " +
                                 std::to_string(wait_closed().code));
    return std::move(*first);
}

std::size_t ws_peer::received() const {
    return stream_->look([](const auto& all) { return all.received; });
}

void ws_peer::count_only() {
    stream_->change([](auto& all) { all.counts_only = true; });
}

std::uint64_t ws_peer::received_bytes() const {
    return stream_->look([](const auto& all) { return all.received_bytes; });
}

std::size_t ws_peer::pings() const {
    return stream_->look([](const auto& all) { return all.pings; });
}

std::vector<std::string> ws_peer::pongs() const {
    return stream_->look([](const auto& all) { return all.pongs; });
}

void ws_peer::pause() {
    stream_->pause(true);
}

void ws_peer::resume() {
    stream_->pause(false);
}

void ws_peer::close(std::uint16_t code, std::string_view reason) {
    stream_->close(code, reason);
}

void ws_peer::cut() {
    stream_->cut(false);
}

void ws_peer::reset() {
    stream_->cut(true);
}

ws_peer::ended ws_peer::wait_closed() const {
    stream_->wait("the end", [](const auto& all) { return all.end.has_value(); });
    return stream_->look([](const auto& all) { return *all.end; });
}

bool ws_peer::is_closed() const {
    return stream_->look([](const auto& all) { return all.end.has_value(); });
}

} // namespace pulsegate::test
