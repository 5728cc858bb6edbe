// Where files are: those of proxies, and certificates, keys and tokens. And who may use the file of
// a Unix socket.
#include "base/quoted.hpp"
#include "config/configuration.hpp"
#include "config/value_format.hpp"

#include <charconv>
#include <filesystem>
#include <optional>

namespace pulsegate {
namespace {

constexpr std::size_t longest_path = 4096; // bytes; PATH_MAX of Linux

/// `660`, `0660` or `0o660`; nothing if it is no mode. Set-user-ID and the like mean nothing here.
std::optional<unsigned> parse_mode(std::string_view text) {
    if (text.starts_with("0o"))
        text.remove_prefix(2);
    unsigned mode = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
    if (error != std::errc{} || stop != end || text.size() < 3 || mode > 0777)
        return std::nullopt;
    return mode;
}

std::string mode_text(unsigned mode) {
    std::string text;
    for (const unsigned shift : {9u, 6u, 3u, 0u})
        text += static_cast<char>('0' + ((mode >> shift) & 7u));
    return text;
}

} // namespace

value_format file_mode(field<std::optional<unsigned>> at) {
    const auto read = [at](reading& in, const given& what, const target& to) {
        constexpr std::string_view expected = "a mode, such as `0660`";
        const auto text = in.text_of(what, expected);
        if (!text)
            return false;
        at(to) = parse_mode(*text);
        if (!at(to))
            in.report(code::bad_number, {what.value.where, "must be " + std::string(expected)},
                      quoted(*text) + " is no mode of a file",
                      "write `0660` for the socket's user and group, or `0666` for everybody who "
                      "reaches its directory");
        return at(to).has_value();
    };
    const auto show = [at](const target& from) { return at(from) ? mode_text(*at(from)) : ""; };
    return {read, show, [show](const target& from) { return text_or_null(show(from)); }};
}

value_format path_of_file(field<std::string> at) {
    return text_between(1, longest_path, std::move(at));
}

value_format path_of_tls_file(std::string_view example, field<std::string> at) {
    const auto read = [at](reading& in, const given& what, const target& to) {
        const auto text = in.text_of(what, "the path of a file");
        if (!text || !check_length(in, what.value.where, what.path, *text, 1, longest_path))
            return false;
        const std::filesystem::path directory =
            std::filesystem::path(what.key.in->name()).parent_path();
        at(to) = (directory / *text).lexically_normal().string();
        return true;
    };
    const auto show = [at, example](const target& from) {
        return at(from).empty() ? std::string(example) : at(from);
    };
    return {read, show, [show](const target& from) { return text_or_null(show(from)); }};
}

} // namespace pulsegate
