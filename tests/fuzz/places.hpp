// What must hold for everything that fuzz targets could show to users.
#pragma once

#include "base/assert.hpp"
#include "config/diagnostic.hpp"

namespace pulsegate::fuzz {

/// The place exists and is within one line, as every place must be that is shown to users.
inline void check_place(const span& where) {
    PULSEGATE_ASSERT(where.in != nullptr);
    PULSEGATE_ASSERT(where.offset + where.length <= where.in->text().size());
    PULSEGATE_ASSERT(where.text().find('\n') == std::string_view::npos);
    const position at = where.start();
    PULSEGATE_ASSERT(at.line >= 1 && at.column >= 1);
}

/// The diagnostic can be shown to users.
inline void check_diagnostic(const diagnostic& each) {
    PULSEGATE_ASSERT(!each.message.empty());
    check_place(each.primary.where);
    for (const label& other : each.others)
        check_place(other.where);
}

} // namespace pulsegate::fuzz
