#include "admin/admin_request.hpp"

#include "http/http_bytes.hpp"
#include "net/sockets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

namespace pulsegate {
namespace {

namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

constexpr std::size_t max_answer_bytes = 64 * 1024;

tcp::endpoint endpoint_of(const tcp_address& address) {
    const asio::ip::address ip = asio::ip::make_address(address.host);
    if (!ip.is_unspecified())
        return {ip, address.port};
    return ip.is_v4() ? tcp::endpoint(asio::ip::address_v4::loopback(), address.port)
                      : tcp::endpoint(asio::ip::address_v6::loopback(), address.port);
}

/// Connects, writes, reads; each step starts the next one.
class exchange {
public:
    exchange(const tcp::endpoint& to, const std::string& path)
        : socket_(io_), buffer_(max_answer_bytes) {
        http::request<http::empty_body> request(http::verb::get, path, 11);
        request.set(http::field::host, to_string(tcp_address{to.address().to_string(), to.port()}));
        request.set(http::field::connection, "close");
        request_ = to_bytes(request);
        socket_.async_connect(to, [this](error_code error) { on_connect(error); });
    }

    result<admin_response> run(milliseconds within) {
        io_.run_for(within);
        if (outcome_)
            return outcome_;
        return admin_response{response_.result_int(), response_.body()};
    }

private:
    void on_connect(error_code error) {
        outcome_ = error;
        if (error)
            return;
        outcome_ = timed_out;
        asio::async_write(socket_, asio::buffer(request_),
                          [this](error_code failed, std::size_t) { on_write(failed); });
    }

    void on_write(error_code error) {
        if (error) {
            outcome_ = error;
            return;
        }
        http::async_read(socket_, buffer_, response_,
                         [this](error_code failed, std::size_t) { outcome_ = failed; });
    }

    static inline const error_code timed_out = make_error_code(boost::system::errc::timed_out);

    asio::io_context io_{1};
    tcp_socket socket_;
    boost::beast::flat_buffer buffer_;
    std::string request_;
    http::response<http::string_body> response_;
    error_code outcome_ = timed_out; // until it is known
};

} // namespace

result<admin_response> ask_admin(tcp_address address, const std::string& path,
                                 milliseconds within) {
    return exchange(endpoint_of(address), path).run(within);
}

} // namespace pulsegate
