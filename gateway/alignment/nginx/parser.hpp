// Reads the files of an Nginx configuration into one tree, each `include` replaced by what it
// names.
#pragma once

#include "alignment/files.hpp"
#include "alignment/nginx/lexer.hpp"
#include "alignment/nginx/tree.hpp"
#include "config/diagnostic.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

class nginx_parser {
public:
    /// \param problems  receives hop_code::nginx_syntax and hop_code::nginx_include.
    /// \param prefix    where relative paths start, with its `/`; empty: at the folder of the file.
    /// Lifetime: `files` and `problems` outlive *this.
    nginx_parser(file_tree& files, std::vector<diagnostic>& problems, std::string prefix = {});

    /// Reads the file at `path` and all that it includes; a broken file ends where it is broken.
    /// Errors: those of the system for this file itself.
    [[nodiscard]] result<nginx_directive> parse(const std::string& path);

    [[nodiscard]] const std::vector<std::string>& files() const { return names_; }
    [[nodiscard]] const std::vector<std::string>& patterns() const { return patterns_; }
    /// The included files that could not be read; in the tree, their `include` is left.
    [[nodiscard]] const std::vector<diagnostic>& unread() const { return unread_; }

private:
    struct open_file {
        source in;
        span included_at; // of an included one
    };

    void parse_file(const source& in, nginx_directive& into);
    void parse_block(nginx_lexer& lexer, nginx_directive& into, bool is_whole_file);
    void end_block(nginx_lexer& lexer, const nginx_statement& end, const nginx_directive& block);
    void report_unended(nginx_lexer& lexer, const nginx_directive& block);
    void add(nginx_lexer& lexer, nginx_statement&& next, nginx_directive& into);
    void include(const nginx_directive& what, nginx_directive& into);
    void include_file(const std::string& path, const nginx_directive& what, nginx_directive& into);
    void stop(const nginx_directive& at);
    [[nodiscard]] result<source> open(const std::string& path);

    file_tree& files_;
    std::vector<diagnostic>& problems_;
    std::string folder_; // where relative paths start, with its `/`: of the main file
    std::vector<diagnostic> unread_;
    std::vector<std::string> names_;
    std::vector<std::string> patterns_;
    std::map<std::string, source> opened_;
    std::vector<open_file> chain_; // the main file, and the includes that led to this place
    std::optional<span> unended_;  // the first block of this file whose `}` is indented otherwise
    std::size_t block_depth_ = 0;  // over all files of the chain
    std::size_t included_ = 0;
    std::size_t bytes_ = 0;
    std::size_t words_ = 0;
    bool is_stopped_ = false; // at a limit
};

} // namespace pulsegate
