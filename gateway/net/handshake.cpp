#include "net/handshake.hpp"

#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/random.hpp"
#include "base/size.hpp"
#include "client/client_address.hpp"
#include "client/proxy_protocol.hpp"
#include "http/forwarding_headers.hpp"
#include "http/health_check.hpp"
#include "http/plain_request.hpp"
#include "http/route_choice.hpp"
#include "net/listen/admission.hpp"
#include "net/plain/exchange.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

bool begins_with_proxy_header(std::string_view bytes) {
    return !bytes.empty() &&
           !std::holds_alternative<no_proxy_header>(read_proxy_header(as_bytes(bytes)));
}

} // namespace

handshake::handshake(worker_context& worker, connection&& client, accepted_client&& known)
    : opening(worker, std::move(client), std::move(known)), settings_(worker.settings),
      dial_(worker), app_(worker.poll) {}

void handshake::begin(worker_context& worker, connection client, accepted_client known) {
    auto* const self = new handshake(worker, std::move(client), std::move(known));
    const operation<opening> keep_alive(*self);
    self->request_.emplace();
    self->request_->header_limit(
        static_cast<std::uint32_t>(self->settings_->config.limits.header_bytes));
    self->enter(step::reading, self->settings_->config.limits.handshake);
    self->watch(leg::client, request_or_end);
    const std::string begun = std::move(self->known_.bytes);
    if (begun.empty() || self->client_.is_cut())
        return;
    append(self->client_bytes_, as_bytes(begun));
    self->parse_request();
}

void handshake::begin_refused(worker_context& worker, connection client, accepted_client known,
                              refusal why) {
    auto* const self = new handshake(worker, std::move(client), std::move(known));
    const operation<opening> keep_alive(*self);
    self->refuse(std::move(why));
}

void handshake::enter(step next, duration allowed) {
    step_ = next;
    arm(allowed);
}

void handshake::on_ready(leg which, std::uint32_t events) {
    const operation<opening> keep_alive(*this);
    if (at(which).pending_bytes() > 0)
        at(which).flush();
    if (which == leg::client)
        on_client_ready(events);
    else if (step_ != step::asking)
        watch(leg::app, 0); // what it sends already is for the session
    else if ((events & ~std::uint32_t{EPOLLOUT}) != 0)
        read_answer();
    else
        watch(leg::app, EPOLLIN);
}

void handshake::on_client_ready(std::uint32_t events) {
    switch (step_) {
    case step::reading:
        return read_request();
    case step::dialling:
    case step::asking:
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            return give_up(rejection::client_gone);
        return watch(leg::client, end_only); // what it sends already is for the session
    case step::accepting:
    case step::refusing:
        return on_answer_written();
    case step::lingering:
        return discard();
    }
}

/// What a leg did not take yet goes on as soon as it can.
void handshake::watch(leg which, std::uint32_t interest) {
    const bool is_client = which == leg::client;
    if (at(which).pending_bytes() > 0)
        interest |= EPOLLOUT;
    if (at(which).watch(is_client ? client_ear_ : app_ear_, interest))
        return;
    if (is_client)
        give_up(rejection::client_gone);
    else
        on_app_error(app_error::connect, rejection::app_unreachable,
                     "the kernel lacks memory for another connection");
}

// --- The client's request ---

void handshake::on_bytes() {
    if (step_ == step::reading)
        read_request();
}

void handshake::read_request() {
    const auto room = worker_.read_buffer();
    const auto received = client_.read(room);
    append(client_bytes_, room.first(received.bytes));
    parse_request();
    if (step_ == step::reading && received.is_over && !client_.is_cut())
        give_up(rejection::client_gone);
}

/// RFC 9112 §2.2: clients may send empty lines before their request. False while nothing else is
/// there, or if there are too many of them.
bool handshake::skip_empty_lines() {
    constexpr std::size_t most_bytes = 32;
    const std::string_view bytes = contents(client_bytes_);
    std::size_t lines = 0;
    while (bytes.substr(lines).starts_with("\r\n"))
        lines += 2;
    const std::string_view rest = bytes.substr(lines);
    if (lines > most_bytes)
        refuse(refusal_for(rejection::malformed, "the request begins with empty lines"));
    else if (rest.empty() || rest == "\r")
        watch(leg::client, request_or_end);
    else if (!begins_with_proxy_header(bytes)) // that of version 2 begins like this
        client_bytes_.consume(lines);
    return step_ == step::reading && !rest.empty() && rest != "\r";
}

/// Beast (1.81) limits only what it has not parsed yet: a request that arrives in pieces could be
/// of any size.
void handshake::parse_request() {
    if (!request_->got_some() && !skip_empty_lines())
        return;
    has_odd_line_ |= has_odd_line(contents(client_bytes_));
    error_code error;
    request_bytes_ += parse(*request_, client_bytes_, error);
    const bool is_complete = request_->is_header_done();
    const limits_settings& limits = settings_->config.limits;
    if (error == http::error::header_limit ||
        request_bytes_ + (is_complete ? 0 : client_bytes_.size()) > limits.header_bytes)
        return refuse(refusal_for(rejection::headers_too_large,
                                  "the request is larger than `limits.header_bytes`, " +
                                      format_size(limits.header_bytes)));
    if (error)
        return refuse(refusal_for(rejection::malformed, words_about(error.message())));
    if (auto wrong = check_header_count(request_->get(), limits.headers))
        return refuse(std::move(*wrong));
    if (is_complete)
        return route_request();
    watch(leg::client, request_or_end);
}

/// What came instead of an HTTP/1.1 request.
std::string handshake::words_about(std::string_view error) const {
    const std::string_view bytes = contents(client_bytes_);
    const bool is_first_line = request_bytes_ == 0;
    if (is_first_line && begins_with_proxy_header(bytes))
        return "this is a PROXY header; `proxy_protocol: accept` makes the listener read it, if it "
               "comes from one of `trusted_proxies`";
    if (is_first_line && bytes.starts_with("\x16\x03"))
        return "this is TLS, and the listener has no `tls`: connect with ws://, or by http:// "
               "behind a proxy";
    if (is_first_line && bytes.starts_with("PRI * HTTP/2"))
        return "this is HTTP/2, and only HTTP/1.1 is spoken here; a proxy in front must not be "
               "told to speak HTTP/2 to this port";
    return "this is not an HTTP/1.1 request: " + std::string(error);
}

/// Who asks, as far as the request tells.
void handshake::meet_client() {
    const upgrade_request& request = request_->get();
    words_ = {request.target(), request[http::field::user_agent]};
    facts_.peer = known_.peer;
    facts_.proto = client_.is_secure() ? "https" : "http";
    facts_.is_peer_trusted = !facts_.peer || is_trusted(*facts_.peer, settings_->trusted_proxies);
    facts_.client = read_client_address(request, settings_->config.client_ip_header, facts_,
                                        settings_->trusted_proxies);
    client_address_ = facts_.client ? facts_.client->to_string() : "unix";
}

void handshake::route_request() {
    upgrade_request& request = request_->get();
    meet_client();
    if (is_health_check(request, settings_->config.health.path))
        return answer_health_check();
    const bool is_upgrade = asks_for_websocket(request);
    if (auto wrong = is_upgrade ? check_upgrade(request) : check_plain_request(request))
        return refuse(std::move(*wrong));
    if (!is_upgrade && has_odd_line_)
        return refuse(refusal_for(rejection::malformed,
                                  "a header goes on in another line, or a line ends without CR"));
    use_origin_form(request);
    auto chosen = choose_route(request.target(), settings_->config.routes);
    if (auto* const wrong = std::get_if<refusal>(&chosen))
        return refuse(std::move(*wrong));
    has_route_ = true;
    route_ = std::get<std::size_t>(chosen);
    count_at(my_counters());
    if (!is_upgrade && !passes_http(my_route()))
        return refuse(refusal_for(rejection::upgrade_required));
    if (goes_in_circles())
        return refuse(refusal_for(rejection::loop));
    auto refused = is_upgrade ? refuse_admission(worker_, my_route(), request, facts_.client,
                                                 known_.is_counted_in_rate, places_)
                              : refuse_plain_admission(worker_, facts_.client, places_);
    if (refused)
        return refuse(std::move(*refused));
    known_.place = {}; // no newcomer any more
    is_upgrade ? dial() : open_exchange();
}

/// \param request  without what concerns the client's connection alone.
void handshake::prepare_app_request(upgrade_request&& request) {
    id_ = random_u64();
    facts_.connection_id = to_text(id_);
    app_request_ = std::move(request);
    app_request_.target(target_for_app(app_request_.target(), my_route()));
    set_forwarding_headers(app_request_, facts_, settings_->config.client_ip_header);
    add_via(app_request_, settings_->config.via);
    on_its_way_ = worker_.upstreams.requests.add(id_, std::move(way_));
}

void handshake::open_exchange() {
    const answer_terms terms = terms_of(request_->get());
    const bool is_peer_trusted = facts_.is_peer_trusted || known_.is_relayed;
    prepare_app_request(make_plain_app_request(request_->release(), is_peer_trusted,
                                               settings_->config.http.app_idle.count() > 0));
    exchange_origin origin{.settings = settings_,
                           .id = id_,
                           .client = std::move(client_address_),
                           .route = route_,
                           .known = std::move(known_),
                           .words = std::move(words_),
                           .places = std::move(places_),
                           .on_its_way = std::move(on_its_way_)};
    leave();
    exchange::begin(worker_, std::move(origin), std::move(client_), std::move(*request_), terms,
                    app_request_, contents(client_bytes_));
}

/// Finds out which way the request has come, if the gateway itself has sent it.
bool handshake::goes_in_circles() {
    const std::size_t place = settings_->places_of_counters[route_];
    way_ = worker_.upstreams.requests.way_of(
        connection_id_of(request_->get()["Pulsegate-Connection-Id"]));
    const bool was_here = std::find(way_.begin(), way_.end(), place) != way_.end();
    way_.push_back(place);
    return was_here;
}

// --- Time ---

void handshake::on_due() {
    const operation<opening> keep_alive(*this);
    switch (step_) {
    case step::reading:
        return refuse(refusal_for(rejection::handshake_timeout));
    case step::dialling:
        dial_.time_out();
        [[fallthrough]];
    case step::asking:
        return on_app_error(app_error::timeout, rejection::app_timeout,
                            "the application did not answer within `limits.handshake`");
    case step::accepting:
        return give_up(rejection::client_gone);
    case step::refusing:
    case step::lingering:
        return cut();
    }
}

} // namespace pulsegate
