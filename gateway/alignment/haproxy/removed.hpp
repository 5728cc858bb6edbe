// Directives that HAProxy had once and refuses now. One table.
#pragma once

#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/settings.hpp"

namespace pulsegate {

/// Reports a line of `global`, `defaults`, `frontend`, `backend` or `listen` that begins with such
/// a directive.
/// \param is_global  of the section: some are gone from one kind only.
/// \return whether it was one.
bool report_removed_directive(const haproxy_line& line, bool is_global, haproxy_findings& findings);

} // namespace pulsegate
