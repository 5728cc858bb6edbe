#include "command/commands.hpp"

#include "alignment/nginx/version.hpp"
#include "alignment/timeline.hpp"

#include <ostream>

namespace pulsegate {

int show_timeline(const std::string& config_path, bool as_svg, std::ostream& out,
                  std::ostream& errors) {
    const auto loaded = load_or_say_why_not(config_path, errors);
    if (!loaded.has_value())
        return loaded.error();
    disk_files files;
    const alignment found = align(*loaded, {files, installed_nginx_version});
    const std::vector<timeline> pictures = timelines_of(found);
    if (as_svg) {
        out << render_timelines_svg(pictures);
        return 0;
    }
    for (std::size_t i = 0; i < pictures.size(); ++i)
        out << (i == 0 ? "" : "\n") << render_timeline_text(pictures[i]);
    return 0;
}

} // namespace pulsegate
