// `pulsegate hops`: the proxies that can be named as a preset, and when each cuts a connection.
#pragma once

#include <iosfwd>

namespace pulsegate {

enum class hops_format { text, json };

/// Writes every preset with its limits, how sure each is and who says so.
void hops(hops_format format, std::ostream& out);

} // namespace pulsegate
