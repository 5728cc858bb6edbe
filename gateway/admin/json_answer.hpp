// A JSON value as an answer of the admin listener.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "base/json_text.hpp"

#include <boost/json/value.hpp>

namespace pulsegate {

[[nodiscard]] inline admin_answer json_answer(const boost::json::value& body,
                                              unsigned status = 200) {
    return {status, "application/json", to_json_text(body) + "\n"};
}

} // namespace pulsegate
