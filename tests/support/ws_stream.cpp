#include "support/ws_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

#include <sys/socket.h>

namespace pulsegate::test {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using error_code = boost::system::error_code;

} // namespace

ws_peer::stream::stream(socket&& connected) : ws_(std::move(connected)) {
    ws_.read_message_max(0);
    ws_.auto_fragment(false);
    ws_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
        change([&](state& all) {
            if (kind == websocket::frame_type::ping)
                ++all.pings;
            else if (kind == websocket::frame_type::pong)
                all.pongs.emplace_back(payload);
        });
    });
}

void ws_peer::stream::set_options(bool deflate) {
    websocket::permessage_deflate compression;
    compression.client_enable = compression.server_enable = deflate;
    ws_.set_option(compression);
}

void ws_peer::stream::connect(const tcp::endpoint& to, const ws_options& how) {
    set_options(how.deflate);
    is_paused_ = how.starts_paused;
    ws_.set_option(websocket::stream_base::decorator(
        [headers = how.headers](websocket::request_type& upgrade) {
            for (const auto& [name, value] : headers)
                upgrade.insert(name, value);
        }));
    error_code error;
    ws_.next_layer().open(tcp::v4(), error);
    if (how.receive_buffer_bytes > 0)
        ws_.next_layer().set_option(
            boost::asio::socket_base::receive_buffer_size(how.receive_buffer_bytes), error);
    ws_.next_layer().async_connect(
        to, [self = shared_from_this(), target = how.target](error_code failed) {
            if (failed)
                return self->on_end(failed);
            self->ws_.next_layer().set_option(tcp::no_delay(true), failed);
            self->ws_.async_handshake(
                self->answer_, "test.example", target, [self](error_code refused) {
                    self->change([&](state& all) {
                        all.answer = std::move(self->answer_);
                        all.status = static_cast<int>(all.answer.result_int());
                        if (refused && refused != websocket::error::upgrade_declined)
                            all.status = 0;
                        if (refused)
                            all.end = ended{};
                    });
                    if (!refused)
                        self->on_open();
                });
        });
}

void ws_peer::stream::accept(const request& upgrade, const std::function<void(response&)>& decorate,
                             bool deflate, bool echoes, std::function<void()> done) {
    set_options(deflate);
    echoes_ = echoes;
    ws_.set_option(websocket::stream_base::decorator(decorate));
    ws_.async_accept(upgrade,
                     [self = shared_from_this(), done = std::move(done)](error_code error) {
                         if (error)
                             return self->on_end(error);
                         self->on_open();
                         done();
                     });
}

void ws_peer::stream::on_open() {
    is_open_ = true;
    read();
    write();
}

void ws_peer::stream::run(std::function<void(stream&)> what) {
    boost::asio::post(ws_.get_executor(),
                      [self = shared_from_this(), what = std::move(what)] { what(*self); });
}

void ws_peer::stream::read() {
    if (is_reading_ || is_paused_ || !is_open_)
        return;
    is_reading_ = true;
    ws_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
        self->is_reading_ = false;
        if (error)
            return self->on_end(error);
        ws_message message{beast::buffers_to_string(self->buffer_.data()), self->ws_.got_text()};
        self->buffer_.clear();
        if (self->echoes_)
            self->send(message, true);
        self->change([&](state& all) {
            ++all.received;
            all.received_bytes += message.data.size();
            if (!all.counts_only)
                all.inbox.push_back(std::move(message));
        });
        self->read();
    });
}

void ws_peer::stream::send(ws_message message, bool is_last) {
    change([](state& all) { ++all.unsent; });
    run([message = std::move(message), is_last](stream& self) mutable {
        self.outbox_.push_back({std::move(message), is_last});
        self.write();
    });
}

void ws_peer::stream::write() {
    if (is_writing_ || !is_open_ || outbox_.empty())
        return;
    is_writing_ = true;
    const outgoing& next = outbox_.front();
    ws_.text(next.message.is_text);
    ws_.async_write_some(next.is_last, boost::asio::buffer(next.message.data),
                         [self = shared_from_this()](error_code error, std::size_t) {
                             self->is_writing_ = false;
                             self->outbox_.pop_front();
                             self->change([](state& all) { --all.unsent; });
                             if (!error)
                                 self->write();
                         });
}

void ws_peer::stream::ping(std::string payload) {
    run([payload = std::move(payload)](stream& self) {
        self.ws_.async_ping(websocket::ping_data(payload),
                            [keep = self.shared_from_this()](error_code) {});
    });
}

void ws_peer::stream::pause(bool now) {
    run([now](stream& self) {
        self.is_paused_ = now;
        self.read();
    });
}

void ws_peer::stream::close(std::uint16_t code, std::string_view reason) {
    run([code, text = std::string(reason)](stream& self) {
        websocket::close_reason why;
        why.code = code; // 0 is close_code::none
        why.reason = text;
        self.ws_.async_close(why, [keep = self.shared_from_this()](error_code error) {
            // A read in progress tells the end as well, whichever is first.
            keep->on_end(error ? error : make_error_code(websocket::error::closed));
        });
    });
}

void ws_peer::stream::cut(bool with_reset) {
    run([with_reset](stream& self) {
        error_code ignored;
        if (with_reset)
            self.ws_.next_layer().set_option(boost::asio::socket_base::linger(true, 0), ignored);
        self.ws_.next_layer().close(ignored);
        self.is_open_ = false;
        if (!self.is_reading_)
            self.on_end(boost::asio::error::operation_aborted);
    });
}

void ws_peer::stream::on_end(error_code error) {
    is_open_ = false;
    change([&](state& all) {
        if (!all.status)
            all.status = 0;
        if (all.end)
            return;
        ended how;
        if (error == websocket::error::closed) {
            const auto& reason = ws_.reason();
            how.code = reason.code == websocket::close_code::none ? 1005 : reason.code;
            how.reason = std::string(reason.reason.data(), reason.reason.size());
        }
        all.end = how;
    });
    error_code ignored;
    ws_.next_layer().close(ignored);
}

} // namespace pulsegate::test
