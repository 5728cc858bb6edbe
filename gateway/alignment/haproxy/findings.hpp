// Where the readers of a haproxy.cfg leave what they have to say. Plain values.
#pragma once

#include "config/diagnostic.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// Something that users should know about a line: why it has no effect, or may have none.
struct haproxy_remark {
    span where;
    std::string text; // lower case, to be read after the line: `has no effect in a …`
};

struct haproxy_findings {
    std::vector<diagnostic> problems; // hop_code::haproxy_syntax, haproxy_value
    std::vector<haproxy_remark> remarks;
};

} // namespace pulsegate
