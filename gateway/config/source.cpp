#include "config/source.hpp"

#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pulsegate {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

boost::system::error_code last_system_error() {
    return {errno, boost::system::system_category()};
}

/// \param file  open for reading; closed here. Null if that failed, with errno.
result<source> read_from(std::FILE* opened, const std::string& path, std::size_t most_bytes) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(opened, std::fclose);
    if (!file)
        return last_system_error();
    std::string text;
    std::array<char, 16 * 1024> block;
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
        text.append(block.data(), count);
        if (text.size() > most_bytes)
            return make_error_code(boost::system::errc::file_too_large);
    }
    if (std::ferror(file.get()) != 0)
        return last_system_error();
    return make_source(path, std::move(text));
}

constexpr std::size_t most_of_own = 1024 * 1024; // bytes; far past any gateway.yaml

} // namespace

source_text::source_text(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
    if (text_.starts_with(byte_order_mark))
        text_.erase(0, byte_order_mark.size());
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i)
        if (text_[i] == '\n')
            line_starts_.push_back(i + 1);
}

position source_text::position_of(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    position at{static_cast<std::size_t>(next - line_starts_.begin()), 1};
    std::size_t before = *(next - 1);
    while (before < offset) {
        before += decode_character(std::string_view(text_).substr(before)).length;
        ++at.column;
    }
    return at;
}

source_text::line source_text::line_of(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const std::size_t start = *(next - 1);
    const std::size_t end = next == line_starts_.end() ? text_.size() : *next - 1;
    std::string_view content = std::string_view(text_).substr(start, end - start);
    if (content.ends_with('\r'))
        content.remove_suffix(1);
    return {content, start};
}

std::string location(const span& where) {
    const position at = where.start();
    return where.in->name() + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

source make_source(std::string name, std::string text) {
    return std::make_shared<const source_text>(std::move(name), std::move(text));
}

result<source> read_source(const std::string& path, std::size_t most_bytes) {
    return read_from(std::fopen(path.c_str(), "rb"), path, most_bytes);
}

result<source> read_regular_source(const std::string& path) {
    // Without O_NONBLOCK, opening a pipe waits for who writes into it.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (descriptor >= 0 && ::fstat(descriptor, &status) == 0 &&
        (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(descriptor) == 1)) {
        ::close(descriptor);
        return make_error_code(boost::system::errc::not_supported);
    }
    return read_from(descriptor < 0 ? nullptr : ::fdopen(descriptor, "rb"), path, most_of_own);
}

} // namespace pulsegate
