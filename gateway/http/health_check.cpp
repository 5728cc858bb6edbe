#include "http/health_check.hpp"

namespace pulsegate {
namespace {

bool is_allowed(http::verb method) {
    return method == http::verb::get || method == http::verb::head || method == http::verb::options;
}

} // namespace

bool is_health_check(const upgrade_request& request, std::string_view path) {
    const std::string_view target = request.target();
    return !path.empty() && target.substr(0, target.find('?')) == path &&
           is_allowed(request.method()) && request.count(http::field::upgrade) == 0;
}

upgrade_response make_health_answer(const upgrade_request& request, bool is_refusing) {
    upgrade_response answer{is_refusing ? http::status::service_unavailable : http::status::ok, 11};
    answer.set(http::field::server, "pulsegate");
    answer.set(http::field::content_type, "text/plain; charset=utf-8");
    answer.set(http::field::cache_control, "no-store");
    if (request.method() == http::verb::options)
        answer.set(http::field::allow, "GET, HEAD, OPTIONS");
    answer.set(http::field::connection, "close");
    answer.body() = is_refusing ? "draining\n" : "ok\n";
    answer.prepare_payload();
    return answer;
}

} // namespace pulsegate
