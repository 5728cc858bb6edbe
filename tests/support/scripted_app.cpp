#include "support/scripted_app.hpp"

#include "support/peer_loop.hpp"
#include "support/ws_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>

namespace pulsegate::test {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = boost::asio::ip::tcp;
using error_code = boost::system::error_code;

} // namespace

std::string seen_request::header(std::string_view name) const {
    std::string all;
    for (const auto& [each, value] : headers) {
        if (beast::iequals(each, name))
            all += (all.empty() ? "" : " | ") + value;
    }
    return all;
}

class scripted_app::server : public std::enable_shared_from_this<server> {
public:
    explicit server(app_script script)
        : script_(std::move(script)),
          acceptor_(peer_loop(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          port_(acceptor_.local_endpoint().port()) {}

    void accept_next() {
        acceptor_.async_accept(
            peer_loop().get_executor(),
            [self = shared_from_this()](error_code error, ws_peer::stream::socket socket) {
                if (error)
                    return;
                self->serve(std::move(socket));
                self->accept_next();
            });
    }

    void stop() {
        boost::asio::post(peer_loop(), [self = shared_from_this()] {
            error_code ignored;
            self->acceptor_.close(ignored);
        });
        const std::lock_guard lock(mutex_);
        accepted_.clear();
    }

    template <class Item>
    Item take(std::deque<Item>& from, const char* what) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [&] { return !from.empty(); }))
            throw std::runtime_error(std::string("the application waited in vain for ") + what);
        Item first = std::move(from.front());
        from.pop_front();
        return first;
    }

    ws_peer take_connection() { return take(accepted_, "a connection"); }
    seen_request take_request() { return take(requests_, "a request"); }
    [[nodiscard]] unsigned short port() const { return port_; }

private:
    struct exchange {
        explicit exchange(ws_peer::stream::socket&& connected) : socket(std::move(connected)) {}
        ws_peer::stream::socket socket;
        beast::flat_buffer buffer;
        ws_peer::stream::request request;
        ws_peer::stream::response refusal;
    };

    void serve(ws_peer::stream::socket socket) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto one = std::make_shared<exchange>(std::move(socket));
        http::async_read(one->socket, one->buffer, one->request,
                         [self = shared_from_this(), one](error_code error, std::size_t) {
                             if (!error)
                                 self->answer(one);
                         });
    }

    void answer(const std::shared_ptr<exchange>& one) {
        seen_request seen{std::string(one->request.target()), {}};
        for (const auto& field : one->request)
            seen.headers.emplace_back(field.name_string(), field.value());
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(std::move(seen));
            changed_.notify_all();
        }
        if (script_.refuses_with != 0)
            return refuse(one);
        auto stream = std::make_shared<ws_peer::stream>(std::move(one->socket));
        const auto decorate = [headers = script_.headers](ws_peer::stream::response& response) {
            for (const auto& [name, value] : headers)
                response.insert(name, value);
        };
        stream->accept(one->request, decorate, script_.deflate, script_.echoes,
                       [self = shared_from_this(), stream] {
                           const std::lock_guard lock(self->mutex_);
                           self->accepted_.emplace_back(stream);
                           self->changed_.notify_all();
                       });
    }

    void refuse(const std::shared_ptr<exchange>& one) {
        one->refusal.result(script_.refuses_with);
        for (const auto& [name, value] : script_.headers)
            one->refusal.insert(name, value);
        one->refusal.body() = script_.body;
        one->refusal.prepare_payload();
        http::async_write(one->socket, one->refusal, [one](error_code, std::size_t) {});
    }

    const app_script script_;
    tcp::acceptor acceptor_;
    const unsigned short port_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<ws_peer> accepted_;
    std::deque<seen_request> requests_;
};

scripted_app::scripted_app(app_script script)
    : server_(std::make_shared<server>(std::move(script))) {
    boost::asio::post(peer_loop(), [starting = server_] { starting->accept_next(); });
}

scripted_app::~scripted_app() {
    server_->stop();
}

std::string scripted_app::url() const {
    return "ws://127.0.0.1:" + std::to_string(server_->port());
}

ws_peer scripted_app::accept() {
    return server_->take_connection();
}

seen_request scripted_app::next_request() {
    return server_->take_request();
}

} // namespace pulsegate::test
