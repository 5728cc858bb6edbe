#include "command/load.hpp"

#include <ostream>

namespace pulsegate {

result<load_result, int> load_or_say_why_not(const std::string& path, std::ostream& errors) {
    const auto file = read_source(path);
    if (!file.has_value())
        return report_unreadable(path, file.error(), errors);
    load_result loaded = load_configuration(*file);
    if (!has_errors(loaded.diagnostics))
        return loaded;
    errors << render_text(loaded.diagnostics);
    return 1;
}

int report_unreadable(const std::string& path, const boost::system::error_code& why,
                      std::ostream& errors) {
    errors << "pulsegate: cannot read " << path << ": " << why.message() << '\n';
    return 2;
}

} // namespace pulsegate
