// An echo application of Boost.Beast and nothing else: what a client sees of an application alone.
// It reads, answers and closes in order, a thread for each connection.
//
//     conformance_beast_echo PORT [CERTIFICATE PRIVATE_KEY]     # with the two: over TLS
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

/// Until the client closes, ends its connection or breaks the rules: Beast throws then, after it
/// has answered with its own Close and has waited for the end of TCP.
template <class Stream>
void echo(websocket::stream<Stream>& stream) {
    stream.read_message_max(0);
    stream.auto_fragment(false);
    stream.accept();
    boost::beast::flat_buffer message;
    for (;;) {
        message.clear();
        stream.read(message);
        stream.binary(stream.got_binary());
        stream.write(message.data());
    }
}

void serve(tcp::socket socket, ssl::context* tls) {
    try {
        socket.set_option(tcp::no_delay(true));
        if (tls == nullptr) {
            websocket::stream<tcp::socket> stream(std::move(socket));
            echo(stream);
        } else {
            websocket::stream<ssl::stream<tcp::socket>> stream(std::move(socket), *tls);
            stream.next_layer().handshake(ssl::stream_base::server);
            echo(stream);
        }
    } catch (const std::exception&) {
        // The end of this connection, whichever it was: the client says what it saw.
    }
}

} // namespace

int main(int count, char** words) {
    if (count != 2 && count != 4) {
        std::fputs("usage: conformance_beast_echo PORT [CERTIFICATE PRIVATE_KEY]\n", stderr);
        return 2;
    }
    std::optional<ssl::context> tls;
    if (count == 4) {
        tls.emplace(ssl::context::tls_server);
        tls->use_certificate_chain_file(words[2]);
        tls->use_private_key_file(words[3], ssl::context::pem);
    }
    asio::io_context io;
    const auto port = static_cast<unsigned short>(std::stoul(words[1]));
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), port));
    for (;;)
        std::thread(serve, acceptor.accept(), tls ? &*tls : nullptr).detach();
}
