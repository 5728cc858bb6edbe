#include "alignment/nginx/location.hpp"

#include "alignment/nginx/variables.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// As written, with one space for each gap between words.
std::string head_text(const nginx_directive& block) {
    std::string text;
    std::size_t end = 0; // of the word before
    for (const nginx_word& word : block.words) {
        if (!text.empty() && word.offset > end)
            text += ' ';
        end = word.offset + word.length;
        text += std::string_view(block.in->text()).substr(word.offset, word.length);
    }
    return text;
}

/// The path of a prefix or exact location; nothing for a regular expression or a name.
std::optional<std::string> prefix_of(const nginx_directive& location) {
    std::string_view first = location.argument(0);
    if (location.arguments() == 2) {
        if (first != "=" && first != "^~")
            return std::nullopt;
        return std::string(location.argument(1));
    }
    // The modifier may be joined to the path: `=/ws`.
    if (first.starts_with('~') || first.starts_with('@'))
        return std::nullopt;
    if (first.starts_with("="))
        first.remove_prefix(1);
    else if (first.starts_with("^~"))
        first.remove_prefix(2);
    return std::string(first);
}

bool is_final_rewrite(const nginx_directive& directive) {
    return directive.name() == "rewrite" && directive.argument(2) == "break";
}

/// True if a `rewrite … break` may have changed the path before `proxy_pass` takes it.
bool rewrites(const nginx_directive& location) {
    return std::any_of(
        location.children.begin(), location.children.end(), [](const nginx_directive& each) {
            return is_final_rewrite(each) ||
                   (each.name() == "if" &&
                    std::any_of(each.children.begin(), each.children.end(), is_final_rewrite));
        });
}

} // namespace

std::string nginx_title(const nginx_level& where) {
    const nginx_directive& block = where.block();
    if (where.is_condition())
        return head_text(block) + " in " + head_text(where.settings_block());
    if (block.name() == "server")
        return "server of stream";
    return head_text(block);
}

std::optional<std::string> path_handed_on(const nginx_level& where, std::string_view uri) {
    const nginx_directive& location = where.settings_block();
    if (location.name() != "location" || rewrites(location))
        return std::nullopt;
    const nginx_variable first = find_nginx_variable(uri);
    if (uri.empty() || (first.length > 0 && first.offset == 0 && is_path_of_request(first)))
        return prefix_of(location);
    const std::size_t known = first.length > 0 ? first.offset : uri.size();
    const std::string_view path = uri.substr(0, std::min(known, uri.find('?')));
    return path.starts_with('/') ? std::optional(std::string(path)) : std::nullopt;
}

} // namespace pulsegate
