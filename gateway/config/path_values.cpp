// Where files are: those of proxies, and certificates, keys and tokens.
#include "config/configuration.hpp"
#include "config/value_format.hpp"

#include <filesystem>

namespace pulsegate {
namespace {

constexpr std::size_t longest_path = 4096; // bytes; PATH_MAX of Linux

} // namespace

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
