// A relay as one writes it first: a beast::websocket::stream on either leg, which unmasks, collects
// and masks every message. For comparison with a gateway that relays frames. One thread.
//
//     bench_beast_relay --listen PORT --app PORT
#include "bench/options.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <utility>

namespace pulsegate::bench {

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// Two legs; lives as long as one of its operations.
class relay : public std::enable_shared_from_this<relay> {
public:
    relay(tcp::socket client, tcp::endpoint app)
        : client_(std::move(client)), app_(client_.stream.get_executor()), app_at_(app) {}

    void start() {
        // What comes as one frame leaves as one: the load generator does not put parts together.
        client_.stream.auto_fragment(false);
        app_.stream.auto_fragment(false);
        app_.stream.next_layer().async_connect(
            app_at_, [self = shared_from_this()](error_code error) {
                if (error)
                    return;
                self->app_.stream.next_layer().set_option(tcp::no_delay(true));
                self->app_.stream.async_handshake("bench", "/", [self](error_code failed) {
                    if (!failed)
                        self->accept();
                });
            });
    }

private:
    struct leg {
        explicit leg(tcp::socket socket) : stream(std::move(socket)) {
            stream.next_layer().set_option(tcp::no_delay(true));
        }
        explicit leg(const tcp::socket::executor_type& executor) : stream(executor) {}
        websocket::stream<tcp::socket> stream;
        boost::beast::flat_buffer message;
    };

    void accept() {
        client_.stream.async_accept([self = shared_from_this()](error_code error) {
            if (error)
                return;
            self->carry(self->client_, self->app_);
            self->carry(self->app_, self->client_);
        });
    }

    void carry(leg& from, leg& to) {
        from.stream.async_read(
            from.message, [self = shared_from_this(), &from, &to](error_code error, std::size_t) {
                if (error)
                    return self->end(to);
                to.stream.text(from.stream.got_text());
                to.stream.async_write(from.message.data(),
                                      [self, &from, &to](error_code failed, std::size_t) {
                                          if (failed)
                                              return self->end(from);
                                          from.message.clear();
                                          self->carry(from, to);
                                      });
            });
    }

    void end(leg& which) {
        if (which.stream.is_open())
            which.stream.async_close(websocket::close_code::normal,
                                     [self = shared_from_this()](error_code) {});
    }

    leg client_;
    leg app_;
    const tcp::endpoint app_at_;
};

void accept_next(tcp::acceptor& acceptor, const tcp::endpoint& app) {
    acceptor.async_accept([&acceptor, app](error_code error, tcp::socket client) {
        if (!error)
            std::make_shared<relay>(std::move(client), app)->start();
        accept_next(acceptor, app);
    });
}

} // namespace

} // namespace pulsegate::bench

int main(int argc, char** argv) {
    using namespace pulsegate::bench;
    try {
        const options given(std::span(argv, static_cast<std::size_t>(argc)).subspan(1),
                            {"listen", "app"});
        const auto loopback = asio::ip::address_v4::loopback();
        asio::io_context io(1);
        tcp::acceptor acceptor(io, {loopback, given.port("listen")});
        accept_next(acceptor, {loopback, given.port("app")});
        io.run();
    } catch (const usage_error& error) {
        std::fprintf(stderr, "bench_beast_relay: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_beast_relay: %s\n", error.what());
        return 1;
    }
}
