#include "net/admin_connection.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <string>
#include <utility>

namespace pulsegate {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t max_header_bytes = 8 * 1024;
constexpr std::size_t max_buffer_bytes = 16 * 1024; // more than a header, so that its limit decides

struct path_row {
    std::string_view path;
    std::function<void(admin_reply)> admin_handlers::*handler;
};

constexpr std::array<path_row, 3> paths{{
    {"/metrics", &admin_handlers::metrics},
    {"/healthz", &admin_handlers::healthz},
    {"/readyz", &admin_handlers::readyz},
}};

std::string path_list() {
    std::string list = "not found; there are";
    for (const path_row& row : paths)
        list += " " + std::string(row.path);
    return list;
}

/// The status that tells a client what was wrong with its request; 0 if the connection itself
/// failed.
unsigned status_of(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return 431;
    if (error == http::error::body_limit || error == http::error::unexpected_body)
        return 413;
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return 0;
    return error.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

std::string_view text_of(unsigned status) {
    return status == 431   ? "request header too large"
           : status == 413 ? "a request has no body here"
                           : "not a valid HTTP request";
}

} // namespace

admin_connection::admin_connection(tcp_socket socket, std::shared_ptr<admin_service> service)
    : socket_(std::move(socket)), deadline_(socket_.get_executor()), service_(std::move(service)),
      buffer_(max_buffer_bytes) {
    service_->connections.insert(this);
}

admin_connection::~admin_connection() {
    service_->connections.erase(this);
}

void admin_connection::start() {
    error_code ignored; // at worst small answers come a little later
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    read();
}

void admin_connection::close() {
    phase_ = phase::closed;
    error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
}

void admin_connection::read() {
    parser_.emplace();
    parser_->header_limit(max_header_bytes);
    enter(phase::reading, service_->limits.request);
    http::async_read(
        socket_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
}

void admin_connection::on_read(error_code error) {
    if (phase_ == phase::closed)
        return;
    if (!error)
        return answer_request();
    const unsigned status = status_of(error);
    if (status == 0)
        return close();
    keep_alive_ = false;
    is_head_ = false;
    version_ = 11;
    answer_error(status, text_of(status));
}

void admin_connection::answer_request() {
    const auto& request = parser_->get();
    keep_alive_ = request.keep_alive();
    is_head_ = request.method() == http::verb::head;
    version_ = request.version();

    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    for (const path_row& row : paths) {
        if (path != row.path)
            continue;
        if (is_head_ || request.method() == http::verb::get)
            return ask(service_->handlers.*row.handler);
        return answer_error(405, "only GET and HEAD are allowed here");
    }
    answer_error(404, path_list());
}

void admin_connection::answer_error(unsigned status, std::string_view text) {
    write({status, "text/plain; charset=utf-8", std::string(text) + "\n"});
}

void admin_connection::ask(const std::function<void(admin_reply)>& handler) {
    enter(phase::answering, service_->limits.answer);
    // Weak: whoever keeps the reply, and frees it on whatever thread, does not keep the socket.
    handler([weak = weak_from_this(), request = ++request_](admin_answer answer) {
        if (const auto self = weak.lock())
            self->on_reply(request, std::move(answer));
    });
}

void admin_connection::on_reply(std::uint64_t request, admin_answer answer) {
    if (phase_ == phase::answering && request == request_)
        write(std::move(answer));
}

void admin_connection::write(admin_answer answer) {
    response_.emplace();
    response_->version(version_);
    response_->result(answer.status);
    response_->set(http::field::content_type, answer.content_type);
    response_->set(http::field::cache_control, "no-store");
    response_->set("X-Content-Type-Options", "nosniff");
    if (answer.status == 405)
        response_->set(http::field::allow, "GET, HEAD");
    response_->keep_alive(keep_alive_);
    response_->body() = std::move(answer.body);
    response_->content_length(response_->body().size());
    serializer_.emplace(*response_);

    enter(phase::writing, service_->limits.request);
    auto written = [self = shared_from_this()](error_code error, std::size_t) {
        self->on_written(error);
    };
    if (is_head_) // the same header, its Content-Length included (RFC 9110 §9.3.2)
        http::async_write_header(socket_, *serializer_, std::move(written));
    else
        http::async_write(socket_, *serializer_, std::move(written));
}

void admin_connection::on_written(error_code error) {
    if (phase_ == phase::closed)
        return;
    if (error)
        return close();
    if (keep_alive_)
        return read();
    socket_.shutdown(tcp_socket::shutdown_send, error);
    enter(phase::lingering, service_->limits.linger);
    linger();
}

/// Reads until the client closes: closing before, with bytes of it unread, would reset the
/// connection and could take the answer away from a client that is still sending (RFC 9112 §9.6).
void admin_connection::linger() {
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(max_buffer_bytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error)
                                    self->close();
                                else
                                    self->linger();
                            });
}

void admin_connection::enter(phase next, milliseconds within) {
    phase_ = next;
    deadline_.expires_after(within);
    deadline_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled)
            self->on_deadline();
    });
}

void admin_connection::on_deadline() {
    // The phase may have changed after the timer's handler was queued.
    if (phase_ == phase::closed || deadline_.expiry() > clock::now())
        return;
    if (phase_ != phase::answering)
        return close();
    keep_alive_ = false;
    answer_error(503, "no answer in time");
}

} // namespace pulsegate
