// What the variables of an Nginx configuration can become, as far as the configuration itself says
// so: by `set` and `map`.
#pragma once

#include "alignment/nginx/handshake.hpp"
#include "alignment/nginx/tree.hpp"
#include "alignment/nginx/values.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The place of `$name` or `${name}` in a text, and the name.
struct nginx_variable {
    std::size_t offset = 0;
    std::size_t length = 0; // 0: there is no variable
    std::string_view name;
};
[[nodiscard]] nginx_variable find_nginx_variable(std::string_view text, std::size_t from = 0);

/// True for the variables that are the path of the request, like `$request_uri`.
[[nodiscard]] bool is_path_of_request(const nginx_variable& variable);

class nginx_variables {
public:
    /// \param context  the block `http` or `stream`, which outlives *this; its `map`s, `geo`s and
    /// `split_clients` are read, and the `set`s in its servers.
    explicit nginx_variables(const nginx_directive& context);

    /// All texts that `text` can become when it is used at a level. A variable whose values only a
    /// request decides, or that has more than 64, stays in the text.
    [[nodiscard]] std::vector<std::string> possible_values(std::string_view text,
                                                           const nginx_level& where) const;

    /// All texts that `text` becomes for one handshake. What only the request decides stays in it
    /// as a variable.
    [[nodiscard]] std::vector<std::string> values(std::string_view text,
                                                  const nginx_handshake& of) const;

    /// True if a `map` or the like, or a `set` anywhere, makes this variable.
    [[nodiscard]] bool knows(std::string_view name) const;

private:
    [[nodiscard]] std::vector<std::string> mapped(const nginx_directive& map,
                                                  const std::vector<std::string>& from) const;

    std::map<std::string, const nginx_directive*, std::less<>> maps_;      // by variable
    std::map<std::string, std::vector<std::string>, std::less<>> results_; // of those, by variable
    std::set<std::string, std::less<>> set_;                               // by `set`, anywhere
};

/// True if the request decides a part of this text.
[[nodiscard]] inline bool is_open(std::string_view text) {
    return find_nginx_variable(text).length > 0;
}

} // namespace pulsegate
