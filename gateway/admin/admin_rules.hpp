// Which endpoint a request is for, and whether it may be answered: the rules of the admin listener,
// as functions of a request's parts. No socket here.
#pragma once

#include "admin/admin_endpoint.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace pulsegate {

/// What a request says, as far as it matters here.
struct admin_question {
    std::string_view method; // `GET`
    std::string_view target; // `/connections?limit=5`
    std::string_view host;   // of the header, with a port; "" if there is none
    std::string_view authorization;
};

/// What the listener asks of clients.
struct admin_guard {
    bool is_on_loopback = true;
    std::string token; // "": there is none, and nothing may be changed
};

/// An endpoint with the request as it gets it.
struct admin_match {
    const admin_endpoint* endpoint;
    admin_request request;
};

/// Finds the endpoint, and judges the request by its access class.
/// \return what is to be asked, or the answer that refuses: 400, 401, 403, 404 or 405.
[[nodiscard]] std::variant<admin_match, admin_answer>
judge(const admin_question& asked, std::span<const admin_endpoint> endpoints,
      const admin_guard& guard);

} // namespace pulsegate
