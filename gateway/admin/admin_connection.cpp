#include "admin/admin_connection.hpp"

#include "admin/event_stream.hpp"
#include "http/http_bytes.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <utility>

namespace pulsegate {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t max_request_header_bytes = 8 * 1024;
constexpr std::size_t max_request_bytes = 16 * 1024; // so that the limit of the header decides

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

std::string address_of_peer(const tcp_socket& socket) {
    error_code gone;
    const auto peer = socket.remote_endpoint(gone);
    return gone ? "" : peer.address().to_string();
}

} // namespace

admin_connection::admin_connection(tcp_socket socket, std::shared_ptr<admin_service> service,
                                   bool is_extra)
    : socket_(std::move(socket)), deadline_(socket_.get_executor()), service_(std::move(service)),
      address_(address_of_peer(socket_)), is_extra_(is_extra), buffer_(max_request_bytes) {
    service_->clients.insert(this);
}

admin_connection::~admin_connection() {
    service_->clients.erase(this);
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

admin_client_facts admin_connection::facts() const {
    const bool is_idle =
        phase_ == phase::lingering || (phase_ == phase::reading && buffer_.size() == 0);
    return {address_,
            phase_ == phase::closed ? admin_state::gone
            : is_idle               ? admin_state::idle
                                    : admin_state::busy,
            idle_since_, is_extra_};
}

void admin_connection::read() {
    parser_.emplace();
    parser_->header_limit(max_request_header_bytes);
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
    answer_plainly(status, text_of(status));
}

void admin_connection::answer_request() {
    const auto& request = parser_->get();
    keep_alive_ = request.keep_alive() && !is_extra_;
    is_head_ = request.method() == http::verb::head;
    version_ = request.version();

    is_open_ = false;

    auto judged = judge({request.method_string(), request.target(), request[http::field::host],
                         request[http::field::authorization]},
                        service_->endpoints, service_->guard);
    if (auto* const refused = std::get_if<admin_answer>(&judged))
        return write(std::move(*refused));
    const auto& [endpoint, question] = std::get<admin_match>(judged);
    is_open_ = is_for_watchers(endpoint->access);
    if (is_extra_ && !is_open_)
        return write(busy_answer("too many connections"));
    if (const auto* const handler = std::get_if<admin_handler>(&endpoint->answer))
        ask(*handler, question);
    else
        begin_stream(std::get<admin_subscription>(endpoint->answer));
}

void admin_connection::answer_plainly(unsigned status, std::string_view text) {
    write({status, std::string(plain_text_type), std::string(text) + "\n"});
}

void admin_connection::ask(const admin_handler& handler, const admin_request& request) {
    enter(phase::answering, service_->limits.answer);
    // Weak: whoever keeps the reply, and frees it on whatever thread, does not keep the socket.
    handler(request, [weak = weak_from_this(), number = ++request_](admin_answer answer) {
        if (const auto self = weak.lock())
            self->on_reply(number, std::move(answer));
    });
}

void admin_connection::begin_stream(const admin_subscription& subscribe) {
    if (is_head_)
        return write({200, std::string(event_stream::content_type), ""});
    if (service_->streams >= service_->limits.streams)
        return write(busy_answer("too many clients watch already"));
    phase_ = phase::streaming;
    deadline_.cancel();
    const auto stream = std::make_shared<event_stream>(std::move(socket_), service_, address_);
    stream->start();
    subscribe(stream);
}

void admin_connection::on_reply(std::uint64_t request, admin_answer answer) {
    if (phase_ == phase::answering && request == request_)
        write(std::move(answer));
}

void admin_connection::write(admin_answer answer) {
    http::response<http::string_body> response;
    response.version(version_);
    response.result(answer.status);
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("X-Frame-Options", "DENY"); // for data; the page's own policy says more
    response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    for (const auto& [name, value] : answer.headers)
        response.set(name, value);
    response.keep_alive(keep_alive_);
    if (answer.content_type != event_stream::content_type) // whose length nobody knows
        response.content_length(answer.body.size());
    if (!is_head_) // which gets the same header, its Content-Length included (RFC 9110 §9.3.2)
        response.body() = std::move(answer.body);
    response_ = to_bytes(response);

    enter(phase::writing, service_->limits.request);
    asio::async_write(
        socket_, asio::buffer(response_),
        [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
}

void admin_connection::on_written(error_code error) {
    if (phase_ == phase::closed)
        return;
    if (error)
        return close();
    idle_since_ = clock::now();
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
    socket_.async_read_some(buffer_.prepare(max_request_bytes),
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
    if (phase_ == phase::closed || phase_ == phase::streaming || deadline_.expiry() > clock::now())
        return;
    if (phase_ != phase::answering)
        return close();
    keep_alive_ = false;
    if (is_open_)
        return answer_plainly(503, "no answer in time");
    write(admin_error(503, "no answer in time", "try again; if it persists, look at /healthz"));
}

} // namespace pulsegate
