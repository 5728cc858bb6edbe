#include "oracles/beast_reader.hpp"

#include "base/assert.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace pulsegate::fuzz {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using stream = websocket::stream<beast::test::stream>;
using boost::system::error_code;

/// One for all inputs: it owns descriptors.
boost::asio::io_context& the_loop() {
    static boost::asio::io_context loop(1);
    return loop;
}

/// A client and a server behind their handshake.
struct stream_pair {
    stream_pair() {
        client.next_layer().connect(server.next_layer());
        int done = 0;
        const auto count = [&](error_code failure) { done += failure ? 0 : 1; };
        server.async_accept(count);
        client.async_handshake("localhost", "/", count);
        the_loop().restart();
        the_loop().run();
        PULSEGATE_ASSERT(done == 2);
    }

    stream client{the_loop()};
    stream server{the_loop()};
};

frame_reading::ending ending_of(error_code why) {
    using ending = frame_reading::ending;
    if (why == boost::asio::error::eof)
        return ending::none;
    if (why == websocket::error::closed)
        return ending::closed;
    if (why == websocket::error::message_too_big)
        return ending::too_big;
    if (why == websocket::error::bad_frame_payload)
        return ending::bad_utf8;
    PULSEGATE_ASSERT(why == websocket::condition::protocol_violation);
    return ending::protocol_error;
}

} // namespace

frame_reading read_with_beast(std::span<const std::uint8_t> bytes, const beast_rules& rules) {
    stream_pair pair;
    stream& reader = rules.masked ? pair.server : pair.client;
    reader.read_message_max(static_cast<std::size_t>(rules.max_message_bytes));
    reader.next_layer().read_size(rules.most_at_once);
    reader.next_layer().append({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    reader.next_layer().close_remote();

    frame_reading result;
    reader.control_callback([&](websocket::frame_type what, beast::string_view payload) {
        if (what == websocket::frame_type::close)
            return;
        const bool is_ping = what == websocket::frame_type::ping;
        result.items.push_back({is_ping ? frame_reading::kind::ping : frame_reading::kind::pong,
                                std::string(payload)});
    });
    for (;;) {
        beast::flat_buffer message;
        error_code failure;
        reader.read(message, failure);
        if (failure) {
            result.end = ending_of(failure);
            const auto& close = reader.reason();
            if (result.end == frame_reading::ending::closed)
                result.close = {close.code, {close.reason.begin(), close.reason.end()}};
            return result;
        }
        result.items.push_back(
            {reader.got_text() ? frame_reading::kind::text : frame_reading::kind::binary,
             beast::buffers_to_string(message.data())});
    }
}

} // namespace pulsegate::fuzz
