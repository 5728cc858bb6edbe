#include "config/admin_token.hpp"

#include "base/quoted.hpp"

#include <algorithm>
#include <stdexcept>

namespace pulsegate {
namespace {

constexpr std::size_t shortest = 16;
constexpr std::size_t longest = 1024; // with room to spare in the 8 KiB that a header may have
constexpr std::string_view white_space = " \t\r\n";

/// b64token of RFC 6750 §2.1, but for the `=` at its end.
bool is_token_character(char c) {
    constexpr std::string_view others = "-._~+/";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
}

// No text here has the token in it: it would be in a log then.
constexpr const char* cure = "make one with `openssl rand -base64 32`";

} // namespace

parsed<std::string> parse_token(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(white_space), text.size());
    text.remove_prefix(begin);
    text = text.substr(0, text.find_last_not_of(white_space) + 1);
    if (text.size() < shortest)
        return parse_error{"the token has " + std::to_string(text.size()) +
                               " characters, and could be guessed",
                           cure};
    if (text.size() > longest)
        return parse_error{"the token has " + std::to_string(text.size()) + " characters", cure};
    const std::string_view body = text.substr(0, text.find_last_not_of('=') + 1);
    const auto odd = std::find_if_not(body.begin(), body.end(), is_token_character);
    if (odd != body.end() || body.empty())
        return parse_error{"the token has a character that its header cannot carry, number " +
                               std::to_string(odd - body.begin() + 1),
                           cure};
    return std::string(text);
}

std::vector<diagnostic> check_admin_token(const load_result& loaded, const pem_environment& from) {
    std::vector<diagnostic> found;
    const std::string& path = loaded.values.admin.token_file;
    const auto at = loaded.origins.find("admin.token_file");
    if (path.empty() || at == loaded.origins.end())
        return found;
    const auto add = [&](code id, std::string message, std::string label, std::string help) {
        found.push_back(
            {id, std::move(message), {at->second.value, std::move(label)}, {}, std::move(help)});
    };
    const auto file = from.read(path);
    if (!file.has_value()) {
        const bool is_forbidden = file.error() == boost::system::errc::permission_denied;
        add(code::token_unreadable, quoted(path) + " cannot be read", file.error().message(),
            is_forbidden ? "let the user that runs the gateway read it"
                         : "paths are taken from the directory of this file");
        return found;
    }
    if (file->is_open_to_all || file->is_writable_by_all)
        add(code::token_open,
            quoted(path) + (file->is_open_to_all ? " can be read by every user"
                                                 : " can be written by every user"),
            "", "run `chmod 600 " + path + "`, as the user that runs the gateway");
    if (const auto token = parse_token(file->text); !token.has_value())
        add(code::token_unusable, quoted(path) + " holds no usable token", token.error().message,
            token.error().help);
    return found;
}

std::string read_admin_token(const admin_settings& settings, const pem_environment& from) {
    if (settings.token_file.empty())
        return {};
    const auto file = from.read(settings.token_file);
    if (!file.has_value())
        throw std::runtime_error("cannot read " + settings.token_file + ": " +
                                 file.error().message());
    const auto token = parse_token(file->text);
    if (!token.has_value())
        throw std::runtime_error(settings.token_file + ": " + token.error().message);
    return *token;
}

} // namespace pulsegate
