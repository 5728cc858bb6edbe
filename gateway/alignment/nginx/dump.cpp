#include "alignment/nginx/dump.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// The path in a line `# configuration file PATH:`.
std::optional<std::string_view> path_in(std::string_view line) {
    constexpr std::string_view beginning = "# configuration file ";
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    if (!line.starts_with(beginning) || !line.ends_with(':'))
        return std::nullopt;
    line.remove_prefix(beginning.size());
    line.remove_suffix(1);
    return line.starts_with('/') ? std::optional(line) : std::nullopt;
}

/// Nginx puts a line end behind each file.
std::string_view without_added_line_end(std::string_view text) {
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

} // namespace

std::optional<nginx_dump> split_nginx_dump(std::string_view text) {
    std::optional<nginx_dump> dump;
    std::string path;
    std::size_t content = 0; // where the file at `path` begins
    const auto keep = [&](std::size_t end) {
        if (dump)
            dump->files.add(
                path, std::string(without_added_line_end(text.substr(content, end - content))));
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
        std::string_view line = text.substr(at, next - at);
        if (line.ends_with('\n'))
            line.remove_suffix(1);
        if (const auto found = path_in(line)) {
            keep(at);
            path = *found;
            content = next;
            if (!dump)
                dump = nginx_dump{{}, path};
        }
        at = next;
    }
    keep(text.size());
    return dump;
}

} // namespace pulsegate
