#include "alignment/files.hpp"

#include <fnmatch.h>
#include <glob.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace pulsegate {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

void disk_files::put(const std::string& path, std::string text) {
    put_[path] = make_source(path, std::move(text));
}

result<source> disk_files::read(const std::string& path) {
    if (const auto found = put_.find(path); found != put_.end())
        return found->second;
    std::error_code unknown;
    if (std::filesystem::is_fifo(path, unknown)) // would be waited for, maybe for ever
        return make_error_code(boost::system::errc::not_supported);
    return read_source(path, largest_file);
}

bool disk_files::begins_with_mark(const std::string& path) {
    std::error_code unknown;
    if (put_.contains(path) || !std::filesystem::is_regular_file(path, unknown))
        return false;
    std::array<char, byte_order_mark.size()> first{};
    std::ifstream(path, std::ios::binary).read(first.data(), first.size());
    return std::string_view(first.data(), first.size()) == byte_order_mark;
}

std::vector<std::string> disk_files::match(const std::string& pattern) {
    std::vector<std::string> found;
    ::glob_t matches{};
    if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0)
        found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    return found;
}

void memory_files::add(const std::string& path, std::string text) {
    if (text.starts_with(byte_order_mark))
        marked_.insert(path);
    files_[path] = make_source(path, std::move(text));
}

bool memory_files::begins_with_mark(const std::string& path) {
    return marked_.contains(path);
}

result<source> memory_files::read(const std::string& path) {
    const auto found = files_.find(path);
    if (found == files_.end())
        return make_error_code(boost::system::errc::no_such_file_or_directory);
    return found->second;
}

std::vector<std::string> memory_files::match(const std::string& pattern) {
    std::vector<std::string> found;
    for (const auto& [path, text] : files_)
        if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0)
            found.push_back(path);
    return found;
}

} // namespace pulsegate
