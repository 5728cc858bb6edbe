#include "admin/connections_query.hpp"

#include "base/duration.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pulsegate {
namespace {

using wrong = std::optional<admin_answer>;

constexpr std::chrono::hours longest_window{1};
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_offset = 1'000'000;
constexpr std::size_t most_routes_named = 20;

admin_answer refuse(std::string_view parameter, std::string_view value, std::string_view allowed) {
    return admin_error(400, quoted(value) + " is no value for " + quoted(parameter), allowed);
}

wrong read_route(const admin_request& request, std::span<const std::string> routes,
                 connection_filter& to) {
    const std::string* const value = request.find("route");
    if (value == nullptr)
        return std::nullopt;
    if (std::find(routes.begin(), routes.end(), *value) == routes.end()) {
        std::string list = "there are";
        for (const std::string& each : routes.first(std::min(routes.size(), most_routes_named)))
            list += ' ' + quoted(each);
        return refuse("route", *value, list + (routes.size() > most_routes_named ? " …" : ""));
    }
    to.route = *value;
    return std::nullopt;
}

wrong read_client(const admin_request& request, connection_filter& to) {
    const std::string* const value = request.find("client");
    if (value == nullptr)
        return std::nullopt;
    const auto address = ip_address::parse(*value);
    if (!address && *value != "unix")
        return refuse("client", *value, "give an address, or `unix` for those of a Unix socket");
    to.client = address ? address->to_string() : *value;
    return std::nullopt;
}

/// The place of a parameter's value among the words that are allowed.
template <std::size_t Count>
wrong read_word(const admin_request& request, std::string_view name,
                const std::array<std::string_view, Count>& words, std::optional<std::size_t>& to) {
    const std::string* const value = request.find(name);
    if (value == nullptr)
        return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found == words.end()) {
        std::string list;
        for (const std::string_view each : words)
            list += (list.empty() ? "" : ", ") + quoted(each);
        return refuse(name, *value, "one of " + list);
    }
    to = static_cast<std::size_t>(found - words.begin());
    return std::nullopt;
}

wrong read_count(const admin_request& request, std::string_view name, std::size_t least,
                 std::size_t most, std::size_t& to) {
    const std::string* const value = request.find(name);
    if (value == nullptr)
        return std::nullopt;
    std::size_t number = 0;
    const char* const end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stop != end || number < least || number > most)
        return refuse(name, *value,
                      "a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most));
    to = number;
    return std::nullopt;
}

wrong read_window(const admin_request& request, duration& to) {
    const std::string* const value = request.find("window");
    if (value == nullptr)
        return std::nullopt;
    const auto window = parse_duration(*value);
    if (!window.has_value() || *window > longest_window)
        return refuse("window", *value, "a duration with its unit, such as `30s`, up to `1h`");
    to = *window;
    return std::nullopt;
}

} // namespace

bool connection_filter::fits(const session_facts& facts) const {
    return (!route || *route == facts.route) && (!client || *client == facts.client) &&
           (!is_closing || *is_closing == facts.closing.has_value());
}

std::optional<double> figure_of(const session_facts& facts, sort_key key) {
    const auto seconds = [](duration span) { return std::chrono::duration<double>(span).count(); };
    switch (key) {
    case sort_key::age:
        return seconds(facts.age);
    case sort_key::idle:
        return seconds(facts.client_idle);
    case sort_key::rtt:
        return facts.round_trip ? std::optional(seconds(*facts.round_trip)) : std::nullopt;
    case sort_key::bytes:
        return static_cast<double>(facts.client_bytes + facts.app_bytes);
    }
    return std::nullopt;
}

std::variant<connections_query, admin_answer>
read_connections_query(const admin_request& request, std::span<const std::string> routes) {
    static constexpr std::array<std::string_view, 2> states{"open", "closing"};
    static constexpr std::array<std::string_view, 4> keys{"age", "idle", "rtt", "bytes"};
    static constexpr std::array<std::string_view, 2> orders{"desc", "asc"};
    connections_query query;
    std::optional<std::size_t> state, key, order;
    for (wrong& each : std::array{
             read_route(request, routes, query.filter), read_client(request, query.filter),
             read_word(request, "state", states, state), read_word(request, "sort", keys, key),
             read_word(request, "order", orders, order),
             read_count(request, "limit", 1, most_rows, query.limit),
             read_count(request, "offset", 0, most_offset, query.offset)})
        if (each)
            return std::move(*each);
    if (state)
        query.filter.is_closing = *state == 1;
    query.sort = static_cast<sort_key>(key.value_or(0));
    query.is_descending = order.value_or(0) == 0;
    return query;
}

std::variant<closing_order, admin_answer> read_closing_order(const admin_request& request,
                                                             std::span<const std::string> routes) {
    closing_order order;
    for (wrong& each :
         std::array{read_route(request, routes, order.filter), read_client(request, order.filter),
                    read_window(request, order.window)})
        if (each)
            return std::move(*each);
    if (!order.filter.route && !order.filter.client)
        return admin_error(400, "it is not said which connections are to be closed",
                           "give `route`, `client` or both");
    return order;
}

std::optional<std::uint64_t> read_connection_id(std::string_view text) {
    constexpr std::size_t digits = 16;
    std::uint64_t id = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
    if (text.size() != digits || error != std::errc() || stop != text.data() + text.size())
        return std::nullopt;
    return id;
}

} // namespace pulsegate
