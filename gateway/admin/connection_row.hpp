// A session as GET /connections shows it: what was found on its worker, to be taken to another
// thread. A value.
#pragma once

#include "session/session_facts.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace pulsegate {

class connection_row {
public:
    connection_row(const session_facts& facts, unsigned worker);

    [[nodiscard]] std::uint64_t id() const { return facts_.id; }

    [[nodiscard]] boost::json::object to_json() const;

private:
    session_facts facts_; // without its texts
    unsigned worker_;
    std::string client_;
    std::string route_;
    std::string path_;
    std::string user_agent_;
};

} // namespace pulsegate
