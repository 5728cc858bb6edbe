// A configuration file's text, and places in it. Immutable; diagnostics share it, so that they may
// outlive the loading.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// Both count from 1; the column counts characters, not bytes.
struct position {
    std::size_t line = 1;
    std::size_t column = 1;
};

class source_text {
public:
    /// \param name  as the user named the file; shown in diagnostics.
    /// \param text  its bytes; a leading UTF-8 byte order mark is dropped.
    source_text(std::string name, std::string text);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& text() const { return text_; }

    /// Where a byte stands; offsets past the end count as the end.
    [[nodiscard]] position position_of(std::size_t offset) const;

    /// The line that holds a byte, without its line end, and the offset of its first byte.
    struct line {
        std::string_view text;
        std::size_t offset = 0;
    };
    [[nodiscard]] line line_of(std::size_t offset) const;

private:
    std::string name_;
    std::string text_;
    std::vector<std::size_t> line_starts_;
};

using source = std::shared_ptr<const source_text>;

/// For text that is already in memory.
[[nodiscard]] source make_source(std::string name, std::string text);

/// Reads a file.
///
/// \param most_bytes  the default is far past any real gateway.yaml.
/// Errors: those of the system, and errc::file_too_large.
[[nodiscard]] result<source> read_source(const std::string& path,
                                         std::size_t most_bytes = 1024 * 1024);

/// The same for a file that has to be one: a pipe would be waited for, maybe for ever.
/// Errors: also errc::not_supported for pipes, sockets and terminals.
[[nodiscard]] result<source> read_regular_source(const std::string& path);

/// Consecutive bytes of one line of a source; `length` may be 0 for a place between characters.
struct span {
    source in;
    std::size_t offset = 0;
    std::size_t length = 0;

    [[nodiscard]] position start() const { return in->position_of(offset); }
    [[nodiscard]] std::string_view text() const {
        return std::string_view(in->text()).substr(offset, length);
    }
};

/// `file:line:column`
[[nodiscard]] std::string location(const span& where);

} // namespace pulsegate
