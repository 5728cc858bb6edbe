#include "command/commands.hpp"

#include "alignment/server_block.hpp"

#include <ostream>

namespace pulsegate {

int print_nginx(const std::string& config_path, bool is_complete, std::ostream& out,
                std::ostream& errors) {
    const auto loaded = load_or_say_why_not(config_path, errors);
    if (!loaded.has_value())
        return loaded.error();
    const auto text = nginx_server_block(loaded->values, is_complete ? server_block_form::complete
                                                                     : server_block_form::fragment);
    if (!text.has_value()) {
        errors << "pulsegate: " << text.error().message << "; " << text.error().help << '\n';
        return 1;
    }
    out << "# Made by `pulsegate nginx --config " << config_path << "`: fits its heartbeats.\n"
        << (is_complete ? "" : "# Belongs inside http{}, such as a file of /etc/nginx/conf.d.\n")
        << '\n'
        << *text;
    return 0;
}

} // namespace pulsegate
