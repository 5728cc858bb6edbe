#include "http/plain_answer.hpp"

#include <boost/beast/core/string.hpp>

namespace pulsegate {
namespace {

using boost::beast::iequals;
using http::field;

/// RFC 9110 §6.4.1.
bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::string first_line(const plain_answer& answer) {
    return "HTTP/1.1 " + std::to_string(answer.result_int()) + ' ' +
           std::string(std::string_view(answer.reason())) + "\r\n";
}

/// Has proxies pass the stream on as it comes (Nginx), and leave it uncompressed (RFC 9111
/// §5.2.2.6), unless the application has decided that.
void mark_as_stream(http::fields& headers) {
    if (headers.count("X-Accel-Buffering") == 0)
        headers.set("X-Accel-Buffering", "no");
    const std::string control = joined(headers, "Cache-Control");
    if (control.empty())
        headers.set(field::cache_control, "no-transform");
    else if (!has_element(headers, "Cache-Control", "no-transform"))
        headers.set(field::cache_control, control + ", no-transform");
}

} // namespace

bool is_interim(unsigned status) {
    return status >= 100 && status < 200 && status != 101;
}

bool is_event_stream(const plain_answer& answer) {
    std::string_view type = answer[field::content_type];
    type = type.substr(0, type.find(';'));
    type = type.substr(0, type.find_last_not_of(" \t") + 1);
    const std::string_view coding = answer[field::content_encoding];
    // `none` is no coding of RFC 9110: graphql-sse says it to middleware that would compress.
    const bool is_plain = coding.empty() || iequals(coding, "identity") || iequals(coding, "none");
    return answer.result_int() == 200 && iequals(type, "text/event-stream") && is_plain &&
           answer.count(field::content_length) == 0;
}

std::optional<std::string> check_plain_answer(const plain_answer& answer) {
    if (auto wrong = check_app_answer(answer))
        return wrong;
    if (answer.result_int() == 101)
        return "the application answered 101, and nobody has asked for another protocol";
    if (!joined(answer, "Transfer-Encoding").empty() &&
        (answer.count(field::content_length) != 0 || answer.version() < 11))
        return "the application told the end of its answer in two ways, or in HTTP/1.0 by chunks";
    return std::nullopt;
}

body_framing framing_for(const plain_answer& answer, const answer_terms& terms) {
    if (terms.is_head || has_no_body(answer.result_int()))
        return body_framing::none;
    if (answer.count(field::content_length) != 0)
        return body_framing::length;
    return terms.is_http_1_0 ? body_framing::until_close : body_framing::chunked;
}

std::string interim_head(plain_answer answer) {
    erase_named_in_connection(answer);
    erase_hop_by_hop(answer);
    return to_bytes(first_line(answer), answer);
}

std::string plain_head(plain_answer answer, const answer_terms& terms, body_framing framing,
                       bool keeps_alive, std::string_view via) {
    const bool is_stream = framing != body_framing::none && is_event_stream(answer);
    const bool tells_protocols = answer.result_int() == 426; // RFC 9110 §15.5.22
    const std::string protocols = tells_protocols ? joined(answer, "Upgrade") : "";
    const bool has_length = answer.count(field::content_length) != 0;
    const std::string length = has_length ? answer[field::content_length] : "";
    erase_named_in_connection(answer);
    erase_hop_by_hop(answer);
    answer.erase(field::content_length);
    // RFC 9110 §8.6: no length where there can be no body; that of HEAD and 304 is another one's.
    if (has_length && answer.result_int() >= 200 && answer.result_int() != 204)
        answer.set(field::content_length, length);
    if (framing == body_framing::chunked)
        answer.set(field::transfer_encoding, "chunked");
    if (is_stream)
        mark_as_stream(answer);
    if (!protocols.empty())
        answer.set(field::upgrade, protocols);
    const std::string_view upgrade = protocols.empty() ? "" : "Upgrade";
    const std::string_view persistence = !keeps_alive        ? "close"
                                         : terms.is_http_1_0 ? "keep-alive"
                                                             : "";
    if (!upgrade.empty() || !persistence.empty())
        answer.set(field::connection, std::string(upgrade) +
                                          (upgrade.empty() || persistence.empty() ? "" : ", ") +
                                          std::string(persistence));
    add_via(answer, via);
    return to_bytes(first_line(answer), answer);
}

} // namespace pulsegate
