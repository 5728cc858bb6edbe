#include "admin/page.hpp"

#include "admin/embedded_files.hpp"

#include <array>
#include <utility>

namespace pulsegate {
namespace {

// Nothing but what this gateway serves itself: no script in a value that is shown, no request to
// anywhere else, no page around this one (CSP Level 3).
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view type_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types{{
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".yaml", "application/yaml"},
    }};
    for (const auto& [ending, type] : types)
        if (name.ends_with(ending))
            return type;
    return "application/octet-stream";
}

admin_answer answer_with(const embedded_file& file) {
    return {200,
            std::string(type_of(file.name)),
            std::string(file.content),
            {{"Content-Security-Policy", std::string(policy)}, {"Referrer-Policy", "no-referrer"}}};
}

} // namespace

std::vector<admin_endpoint> page_endpoints() {
    std::vector<admin_endpoint> endpoints;
    for (const embedded_file& each : embedded_files())
        endpoints.push_back(
            {admin_method::get, each.name == "index.html" ? "/" : '/' + std::string(each.name),
             admin_access::page, [&each](const admin_request&, const admin_reply& reply) {
                 reply(answer_with(each));
             }});
    return endpoints;
}

} // namespace pulsegate
