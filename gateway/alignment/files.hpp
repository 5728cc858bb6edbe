// Where configuration files of proxies are read from: the disk, or memory for `nginx -T` output and
// for tests. One thread.
#pragma once

#include "base/result.hpp"
#include "config/source.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pulsegate {

/// The user that a proxy's own file has it run as.
struct proxy_user {
    std::string name;
    std::string group; // in place of the user's own; "": that
    span where;        // the directive
};

class file_tree {
public:
    virtual ~file_tree() = default;

    /// \param path  absolute, or relative to the working directory.
    /// Errors: those of the system; errc::file_too_large past the limit of the implementation.
    [[nodiscard]] virtual result<source> read(const std::string& path) = 0;

    /// True if the file begins with a byte order mark, which a source does not have any more.
    [[nodiscard]] virtual bool begins_with_mark(const std::string& path) = 0;

    /// The files that match a pattern with `*`, `?` and `[…]`, sorted, as glob(3) does; empty if
    /// none does or the pattern is malformed.
    [[nodiscard]] virtual std::vector<std::string> match(const std::string& pattern) = 0;
};

/// The files of this machine. Pipes are not read.
class disk_files final : public file_tree {
public:
    static constexpr std::size_t largest_file = 16 * 1024 * 1024; // bytes; some are generated

    /// Text that stands for a file, such as what came from standard input.
    void put(const std::string& path, std::string text);

    [[nodiscard]] result<source> read(const std::string& path) override;
    [[nodiscard]] bool begins_with_mark(const std::string& path) override;
    [[nodiscard]] std::vector<std::string> match(const std::string& pattern) override;

private:
    std::map<std::string, source> put_;
};

/// Files that exist only in memory, by their whole path.
class memory_files final : public file_tree {
public:
    void add(const std::string& path, std::string text);
    [[nodiscard]] result<source> read(const std::string& path) override;
    [[nodiscard]] bool begins_with_mark(const std::string& path) override;
    [[nodiscard]] std::vector<std::string> match(const std::string& pattern) override;

private:
    std::map<std::string, source> files_;
    std::set<std::string> marked_; // by their byte order marks
};

} // namespace pulsegate
