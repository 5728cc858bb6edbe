// What the variables of an Nginx configuration can become, as far as the configuration itself says
// so: by `set` and `map`.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "alignment/nginx/values.hpp"

#include <map>
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
    /// \param context  the block `http` or `stream`; its `map`s and `split_clients` are read.
    explicit nginx_variables(const nginx_directive& context);

    /// All texts that `text` can become when it is used at a level. A variable whose values only a
    /// request decides, or that has more than 64, stays in the text.
    [[nodiscard]] std::vector<std::string> possible_values(std::string_view text,
                                                           const nginx_level& where) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> results_; // of maps, by variable
};

} // namespace pulsegate
