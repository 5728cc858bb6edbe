#include "support/tls_tunnel.hpp"

#include "support/peer_loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <vector>

namespace pulsegate::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using error_code = boost::system::error_code;

/// A plain connection and a TLS one, joined.
class pair : public std::enable_shared_from_this<pair> {
public:
    pair(tcp::socket&& accepted, asio::ssl::context& context, bool accepts_tls)
        : plain_(accepts_tls ? tcp::socket(peer_loop()) : std::move(accepted)),
          secure_(accepts_tls ? std::move(accepted) : tcp::socket(peer_loop()), context),
          accepts_tls_(accepts_tls) {}

    void start(const tcp::endpoint& to) {
        tcp::socket& connecting = accepts_tls_ ? plain_ : secure_.next_layer();
        connecting.async_connect(to, [self = shared_from_this()](error_code error) {
            if (error)
                return self->cut();
            self->plain_.set_option(tcp::no_delay(true), error);
            self->secure_.next_layer().set_option(tcp::no_delay(true), error);
            const auto side = self->accepts_tls_ ? asio::ssl::stream_base::server
                                                 : asio::ssl::stream_base::client;
            self->secure_.async_handshake(side, [self](error_code failed) {
                if (failed)
                    return self->cut();
                self->pump(self->plain_, self->secure_, self->from_plain_);
                self->pump(self->secure_, self->plain_, self->from_secure_);
            });
        });
    }

    void update_keys() { SSL_key_update(secure_.native_handle(), SSL_KEY_UPDATE_REQUESTED); }

    void cut() {
        error_code ignored;
        plain_.close(ignored);
        secure_.next_layer().close(ignored);
    }

private:
    using buffer = std::array<char, 64 * 1024>;

    template <class From, class To>
    void pump(From& from, To& to, buffer& room) {
        from.async_read_some(asio::buffer(room), [this, self = shared_from_this(), &from, &to,
                                                  &room](error_code error, std::size_t count) {
            if (error)
                return end(to);
            asio::async_write(to, asio::buffer(room, count),
                              [this, self, &from, &to, &room](error_code failed, std::size_t) {
                                  if (failed)
                                      return cut();
                                  pump(from, to, room);
                              });
        });
    }

    void end(tcp::socket& to) {
        error_code ignored;
        to.shutdown(tcp::socket::shutdown_send, ignored);
        if (++ended_ == 2)
            cut();
    }
    void end(asio::ssl::stream<tcp::socket>& to) { end(to.next_layer()); }

    tcp::socket plain_;
    asio::ssl::stream<tcp::socket> secure_;
    const bool accepts_tls_;
    int ended_ = 0; // directions
    buffer from_plain_{};
    buffer from_secure_{};
};

} // namespace

class tls_tunnel::server : public std::enable_shared_from_this<server> {
public:
    server(const socket_address& to, bool accepts_tls)
        : context(asio::ssl::context::tls), accepts_tls_(accepts_tls),
          to_(asio::ip::make_address(std::get<tcp_address>(to).host),
              std::get<tcp_address>(to).port),
          acceptor_(peer_loop(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          port_(acceptor_.local_endpoint().port()) {}

    void accept_next() {
        acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            if (error)
                return;
            auto made =
                std::make_shared<pair>(std::move(socket), self->context, self->accepts_tls_);
            std::erase_if(self->pairs_, [](const auto& each) { return each.expired(); });
            self->pairs_.push_back(made);
            made->start(self->to_);
            self->accept_next();
        });
    }

    void for_all(void (pair::*what)(), bool is_last = false) {
        asio::post(peer_loop(), [self = shared_from_this(), what, is_last] {
            error_code ignored;
            if (is_last)
                self->acceptor_.close(ignored);
            for (const auto& each : self->pairs_)
                if (const auto one = each.lock())
                    (one.get()->*what)();
        });
    }

    [[nodiscard]] unsigned short port() const { return port_; }

    asio::ssl::context context;

private:
    const bool accepts_tls_;
    const tcp::endpoint to_;
    tcp::acceptor acceptor_;
    const unsigned short port_;
    std::vector<std::weak_ptr<pair>> pairs_; // peer loop only
};

tls_tunnel tls_tunnel::to_tls(const socket_address& to) {
    auto made = std::make_shared<server>(to, false);
    asio::post(peer_loop(), [made] { made->accept_next(); });
    return tls_tunnel(std::move(made));
}

tls_tunnel tls_tunnel::from_tls(const socket_address& to, const accepting& how) {
    auto made = std::make_shared<server>(to, true);
    made->context.use_certificate_chain_file(how.own.certificate);
    made->context.use_private_key_file(how.own.private_key, asio::ssl::context::pem);
    if (!how.client_ca.empty()) {
        made->context.load_verify_file(how.client_ca);
        made->context.set_verify_mode(asio::ssl::verify_peer |
                                      asio::ssl::verify_fail_if_no_peer_cert);
    }
    asio::post(peer_loop(), [made] { made->accept_next(); });
    return tls_tunnel(std::move(made));
}

tls_tunnel::~tls_tunnel() {
    if (server_ != nullptr)
        server_->for_all(&pair::cut, true);
}

tcp_address tls_tunnel::address() const {
    return {"127.0.0.1", server_->port()};
}

std::string tls_tunnel::url(const std::string& host) const {
    return "wss://" + host + ':' + std::to_string(server_->port());
}

void tls_tunnel::update_keys() {
    server_->for_all(&pair::update_keys);
}

} // namespace pulsegate::test
