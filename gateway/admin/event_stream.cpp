#include "admin/event_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/write.hpp>

#include <sstream>

namespace pulsegate {
namespace {

namespace http = boost::beast::http;

// Of the kernel, for each client: it is what a client that reads nothing costs beside the backlog.
constexpr int kernel_buffer_bytes = 64 * 1024;

/// Without a length: the end of the connection is the end of the answer (RFC 9112 §6.3).
std::string header() {
    http::response<http::empty_body> answer(http::status::ok, 11);
    answer.set(http::field::content_type, event_stream::content_type);
    answer.set(http::field::cache_control, "no-store");
    answer.set("X-Content-Type-Options", "nosniff");
    answer.set("X-Frame-Options", "DENY");
    answer.keep_alive(false);
    std::ostringstream text;
    text << answer.base();
    return text.str();
}

} // namespace

event_stream::event_stream(tcp_socket socket, std::shared_ptr<admin_service> service,
                           std::string address)
    : socket_(std::move(socket)), address_(std::move(address)), service_(std::move(service)) {
    service_->clients.insert(this);
    ++service_->streams;
}

event_stream::~event_stream() {
    service_->clients.erase(this);
    --service_->streams;
}

void event_stream::start() {
    error_code ignored; // at worst a client that reads nothing costs more
    socket_.set_option(asio::socket_base::send_buffer_size(kernel_buffer_bytes), ignored);
    send(std::make_shared<const std::string>(header()));
    read();
}

void event_stream::send(std::shared_ptr<const std::string> events) {
    if (!socket_.is_open())
        return;
    if (unsent_.size() > service_->limits.backlog)
        return close();
    unsent_.push_back(std::move(events));
    if (unsent_.size() == 1)
        write();
}

void event_stream::write() {
    asio::async_write(socket_, asio::buffer(*unsent_.front()),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          self->unsent_.pop_front();
                          if (error || !self->socket_.is_open())
                              return self->close();
                          if (!self->unsent_.empty())
                              self->write();
                      });
}

/// Nothing is expected; the end of what a client sends is the end of its interest.
void event_stream::read() {
    socket_.async_read_some(asio::buffer(ignored_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error)
                                    self->close();
                                else
                                    self->read();
                            });
}

admin_client_facts event_stream::facts() const {
    return {address_, socket_.is_open() ? admin_state::busy : admin_state::gone};
}

void event_stream::close() {
    error_code ignored;
    socket_.close(ignored);
}

} // namespace pulsegate
