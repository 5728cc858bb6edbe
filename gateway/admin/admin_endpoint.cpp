#include "admin/admin_endpoint.hpp"

#include "base/json_text.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace pulsegate {

const std::string* admin_request::find(std::string_view name) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [name](const auto& each) { return each.first == name; });
    return found == parameters.end() ? nullptr : &found->second;
}

admin_answer admin_error(unsigned status, std::string_view error, std::string_view help) {
    const boost::json::object body{{"error", error}, {"help", help}};
    return {status, "application/json", to_json_text(body) + "\n"};
}

admin_answer busy_answer(std::string_view error) {
    admin_answer busy = admin_error(503, error, "come back later");
    busy.headers.emplace_back("Retry-After", "10");
    return busy;
}

} // namespace pulsegate
