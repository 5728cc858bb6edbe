// The directives that the reader knows: how Nginx wants them written. One table.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "alignment/nginx/version.hpp"
#include "config/diagnostic.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace pulsegate {

/// Blocks in which a directive may stand, as bits.
namespace nginx_context {
inline constexpr unsigned main = 1, events = 2, http = 4, server = 8, location = 16,
                          if_of_server = 32, if_of_location = 64, limit_except = 128, stream = 256,
                          stream_server = 512;
}

struct nginx_directive_row {
    std::string_view name;
    unsigned contexts;
    bool is_block;
    bool is_once;                            // in a block; a second one is an error
    std::size_t fewest;                      // arguments
    std::size_t most;                        // arguments
    std::string_view sample;                 // how it is written
    bool (*accepts)(std::string_view value); // the first argument; null: anything
};

/// Null for a directive that the reader does not know.
[[nodiscard]] const nginx_directive_row* find_nginx_directive(std::string_view name);

/// Reports what Nginx refuses of the known directives: a missing `;` or `{`, a wrong number of
/// arguments, a bad value, a repetition, a place where they may not stand. Blocks with entries of
/// their own kind (`map`, `upstream`, `types`) are left alone. \param block  the whole
/// configuration.
void check_nginx_directives(const nginx_directive& block, std::vector<diagnostic>& problems);

/// Reports what a version of Nginx does not know yet.
void check_nginx_version(const nginx_directive& configuration, const nginx_version& version,
                         std::vector<diagnostic>& problems);

} // namespace pulsegate
