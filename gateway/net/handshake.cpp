#include "net/handshake.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/size.hpp"
#include "net/admission.hpp"
#include "net/connection_id.hpp"
#include "net/forwarding_headers.hpp"
#include "net/session.hpp"
#include "session/client_address.hpp"
#include "session/proxy_protocol.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace pulsegate {
namespace {

std::string_view contents(const boost::beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

constexpr std::chrono::seconds retry_when_files_are_closed{5};

/// RFC 9110 §15.2: the answer is still to come.
bool is_interim(unsigned status) {
    return status >= 100 && status < 200 && status != 101;
}

bool begins_with_proxy_header(std::string_view bytes) {
    const std::span seen(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return !std::holds_alternative<no_proxy_header>(read_proxy_header(seen));
}

} // namespace

handshake::handshake(worker_context& worker, transport&& client,
                     const std::optional<ip_address>& peer)
    : worker_(worker), settings_(worker.settings), client_(std::move(client)), peer_(peer),
      dial_(worker.io, worker.secure), app_(stream_socket(worker.io.get_executor())) {
    worker.members.push_back(*this);
    ++worker.count.handshakes_live;
}

void handshake::begin(worker_context& worker, transport client, arrived_client known) {
    auto* const self = new handshake(worker, std::move(client), known.peer);
    const operation keep_alive(*self);
    send_at_once(self->client_.socket());
    self->client_buffer_.commit(asio::buffer_copy(self->client_buffer_.prepare(known.bytes.size()),
                                                  asio::buffer(known.bytes)));
    self->enter(step::reading, self->settings_->config.limits.handshake);
    self->read_request();
}

void handshake::begin_refused(worker_context& worker, transport client, refusal why) {
    auto* const self = new handshake(worker, std::move(client), std::nullopt);
    const operation keep_alive(*self);
    self->refuse(std::move(why));
}

void handshake::enter(step next, duration allowed) {
    step_ = next;
    worker_.wheel.arm(*this, worker_.now().real + allowed);
}

// --- The client's request ---

void handshake::read_request() {
    request_.emplace();
    request_->header_limit(static_cast<std::uint32_t>(settings_->config.limits.header_bytes));
    read_part_of_request();
}

/// Part by part, because Beast (1.81) limits only what is not parsed yet: a request that arrives in
/// pieces could be of any size.
void handshake::read_part_of_request() {
    http::async_read_some(client_, client_buffer_, *request_,
                          [self = operation(*this)](error_code error, std::size_t parsed) {
                              self->on_request(error, parsed);
                          });
}

void handshake::on_request(error_code error, std::size_t parsed) {
    if (step_ != step::reading)
        return; // the deadline was faster
    request_bytes_ += parsed;
    const bool is_complete = request_->is_header_done();
    const limits_settings& limits = settings_->config.limits;
    if (error == http::error::header_limit ||
        request_bytes_ + (is_complete ? 0 : client_buffer_.size()) > limits.header_bytes)
        return refuse({rejection::headers_too_large, http::status::request_header_fields_too_large,
                       "the request is larger than `limits.header_bytes`, " +
                           format_size(limits.header_bytes)});
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return give_up(rejection::client_gone);
    if (error.category() == http::make_error_code(http::error::bad_method).category())
        return refuse({rejection::malformed, http::status::bad_request,
                       begins_with_proxy_header(contents(client_buffer_))
                           ? "this is a PROXY header; `proxy_protocol: accept` makes the listener "
                             "read it, if it comes from one of `trusted_proxies`"
                           : "this is not an HTTP/1.1 request: " + error.message()});
    if (error)
        return give_up(rejection::client_gone);
    if (auto wrong = check_header_count(request_->get(), limits.headers))
        return refuse(std::move(*wrong));
    if (!is_complete)
        return read_part_of_request();
    route_request();
}

void handshake::route_request() {
    upgrade_request& request = request_->get();
    if (auto wrong = check_upgrade(request))
        return refuse(std::move(*wrong));
    use_origin_form(request);
    const auto found = find_route(request.target(), settings_->config.routes);
    if (!found)
        return refuse({rejection::no_route, http::status::not_found,
                       "no route for this path; the gateway's `routes` decide"});
    route_ = *found;
    client_facts facts;
    facts.peer = peer_;
    facts.proto = client_.is_secure() ? "https" : "http";
    facts.is_peer_trusted = !facts.peer || is_trusted(*facts.peer, settings_->trusted_proxies);
    facts.client = read_client_address(request, settings_->config.client_ip_header, facts,
                                       settings_->trusted_proxies);
    if (auto refused = refuse_admission(worker_, my_route(), request, facts.client, places_))
        return refuse(std::move(*refused));

    id_ = random_u64();
    facts.connection_id = to_text(id_);
    client_address_ = facts.client ? facts.client->to_string() : "unix";
    app_request_ = make_app_request(request, my_route());
    set_forwarding_headers(app_request_, facts, settings_->config.client_ip_header);
    if (const auto* app = std::get_if<websocket_upstream>(&my_route().to);
        app != nullptr && app_request_[http::field::host].empty())
        app_request_.set(http::field::host, app->address.host);

    dial_began_ = worker_.now().real;
    enter(step::dialling, settings_->config.limits.handshake);
    dial_.start(my_route().to, settings_->tls.routes[route_],
                settings_->config.limits.message_bytes,
                [self = std::make_shared<operation<handshake>>(*this)](app_dial::outcome made) {
                    (*self)->on_dialled(std::move(made));
                });
}

// --- The application ---

void handshake::on_dialled(app_dial::outcome made) {
    if (made.lacks_descriptors)
        return refuse({rejection::no_descriptors, http::status::service_unavailable,
                       "the gateway has too many open files", retry_when_files_are_closed});
    if (made.failed)
        return on_app_error(*made.failed, rejection::app_unreachable, http::status::bad_gateway,
                            std::move(made.text));
    worker_.count.app_dial.observe(worker_.now().real - dial_began_);
    app_ = std::move(made.app);
    send_at_once(app_.socket());
    enter(step::asking, settings_->config.limits.handshake);
    ask_app();
}

void handshake::ask_app() {
    // A failure to write shows as a failure to read, unless the application has answered early.
    http::async_write(app_, app_request_, [self = operation(*this)](error_code error, std::size_t) {
        self->is_asked_ = !error;
    });
    read_answer();
}

void handshake::read_answer() {
    answer_.emplace();
    answer_->header_limit(max_header_bytes_of_answer);
    answer_->body_limit(max_refusal_bytes);
    answer_header_bytes_ = 0;
    read_part_of_answer();
}

/// The header part by part, for the reason that read_part_of_request() has.
void handshake::read_part_of_answer() {
    http::async_read_some(app_, app_buffer_, *answer_,
                          [self = operation(*this)](error_code error, std::size_t parsed) {
                              self->on_part_of_answer(error, parsed);
                          });
}

void handshake::on_part_of_answer(error_code error, std::size_t parsed) {
    answer_header_bytes_ += parsed;
    const bool has_header = answer_->is_header_done();
    if (!error &&
        answer_header_bytes_ + (has_header ? 0 : app_buffer_.size()) > max_header_bytes_of_answer)
        error = http::error::header_limit;
    if (error || step_ != step::asking || answer_->is_done())
        return on_answer(error);
    if (!has_header)
        return read_part_of_answer();
    http::async_read(app_, app_buffer_, *answer_,
                     [self = operation(*this)](error_code body_error, std::size_t) {
                         self->on_answer(body_error);
                     });
}

void handshake::on_answer(error_code error) {
    if (step_ != step::asking)
        return; // the deadline was faster
    if (error)
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            http::status::bad_gateway,
                            "the application did not answer in HTTP: " + error.message());
    if (is_interim(answer_->get().result_int()))
        return read_answer();
    if (answer_->get().result() != http::status::switching_protocols)
        return relay_refusal();
    // The rest of the request would go out among the frames of the session.
    if (!is_asked_)
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            http::status::bad_gateway,
                            "the application answered 101 before it had the whole request");
    if (const auto wrong = check_app_upgrade(app_request_, answer_->get()))
        return on_app_error(app_error::bad_response, rejection::app_not_websocket,
                            http::status::bad_gateway, "the application answered " + *wrong);
    accept();
}

void handshake::accept() {
    client_answer_ = make_client_response(answer_->get());
    enter(step::accepting, last_wait);
    http::async_write(client_, client_answer_,
                      [self = operation(*this)](error_code error, std::size_t) {
                          if (self->step_ != step::accepting)
                              return;
                          if (error)
                              return self->give_up(rejection::client_gone);
                          self->open_session();
                      });
}

void handshake::open_session() {
    session_origin origin{
        .settings = settings_,
        .id = id_,
        .client = std::move(client_address_),
        .route = route_,
        .compressed = is_compressed(client_answer_),
        .words = {request_->get().target(), request_->get()[http::field::user_agent]},
        .places = std::move(places_)};
    step_ = step::gone;
    client_.take_decrypted(client_buffer_);
    app_.take_decrypted(app_buffer_);
    session::begin(worker_, std::move(origin), std::move(client_), contents(client_buffer_),
                   std::move(app_), contents(app_buffer_));
}

// --- Time ---

void handshake::on_due() {
    const operation keep_alive(*this);
    switch (step_) {
    case step::reading:
        client_.cancel();
        return refuse({rejection::handshake_timeout, http::status::request_timeout,
                       "the request did not arrive within `limits.handshake`"});
    case step::dialling:
    case step::asking:
        return on_app_error(app_error::timeout, rejection::app_timeout,
                            http::status::gateway_timeout,
                            "the application did not answer within `limits.handshake`");
    case step::accepting:
        return give_up(rejection::client_gone);
    case step::refusing:
    case step::lingering:
    case step::gone:
        return cut();
    }
}

void handshake::on_drain(time_point) {} // what has begun may end; it is drained as a session

void handshake::on_reload() {} // it ends as it began; its session takes the new settings

void handshake::on_shutdown() {
    const operation keep_alive(*this);
    if (step_ != step::refusing && step_ != step::lingering && step_ != step::gone)
        worker_.count.on_rejected(rejection::draining);
    cut();
}

void handshake::finish() {
    --worker_.count.handshakes_live;
    delete this;
}

} // namespace pulsegate
