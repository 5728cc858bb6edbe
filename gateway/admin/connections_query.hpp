// What GET /connections and DELETE /connections may ask for. Pure.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "base/time.hpp"
#include "session/session_facts.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace pulsegate {

/// Which sessions are meant; a part that is not set fits all.
struct connection_filter {
    std::optional<std::string> route;  // path of the route
    std::optional<std::string> client; // address, as sessions have it
    std::optional<bool> is_closing;

    [[nodiscard]] bool fits(const session_facts& facts) const;
};

enum class sort_key : std::uint8_t { age, idle, rtt, bytes };

/// What a session is sorted by, in seconds or bytes; nothing if it has no such figure yet.
[[nodiscard]] std::optional<double> figure_of(const session_facts& facts, sort_key key);

struct connections_query {
    connection_filter filter;
    sort_key sort = sort_key::age;
    bool is_descending = true;
    std::size_t limit = 50;
    std::size_t offset = 0;
};

/// Which sessions are to be closed, and over what time.
struct closing_order {
    connection_filter filter;
    duration window{}; // zero: at once
};

/// Reads the parameters of a request, whose names the listener has checked.
/// \param routes  the paths there are.
/// \return the query, or an answer (400) that names the parameter and what is allowed.
[[nodiscard]] std::variant<connections_query, admin_answer>
read_connections_query(const admin_request& request, std::span<const std::string> routes);

/// The same; `route` or `client` has to be there.
[[nodiscard]] std::variant<closing_order, admin_answer>
read_closing_order(const admin_request& request, std::span<const std::string> routes);

/// The id of a session as 16 hexadecimal digits; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> read_connection_id(std::string_view text);

} // namespace pulsegate
