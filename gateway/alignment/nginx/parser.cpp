#include "alignment/nginx/parser.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/lexer.hpp"
#include "base/quoted.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

// Far past any configuration that people or programs write; against files that include each other
// many times over.
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_includes = 10'000;
constexpr std::size_t most_bytes = 64 * 1024 * 1024;
constexpr std::size_t most_words = 2'000'000;

/// What may be wrong with an include of a file that cannot be read.
std::string cure_of(const nginx_directive& include, const std::string& path) {
    if (include.argument(0).starts_with('/'))
        return "create the file, let this user read it, or give a pattern that may match nothing";
    return "a relative path starts at the folder of the main file: " + quoted(path);
}

/// The white space before a byte; nothing if anything else stands there in its line.
std::optional<std::string_view> indentation(std::string_view text, std::size_t at) {
    const std::size_t line = text.rfind('\n', at) + 1; // also right for the first line
    const std::string_view before = text.substr(line, at - line);
    if (before.find_first_not_of(" \t") != before.npos)
        return std::nullopt;
    return before;
}

bool is_pattern(std::string_view path) {
    return path.find_first_of("*?[") != path.npos;
}

} // namespace

nginx_parser::nginx_parser(file_tree& files, std::vector<diagnostic>& problems, std::string prefix)
    : files_(files), problems_(problems), folder_(std::move(prefix)) {}

result<nginx_directive> nginx_parser::parse(const std::string& path) {
    if (folder_.empty())
        folder_ = path.substr(0, path.rfind('/') + 1);
    const result<source> main = open(path);
    if (!main.has_value())
        return main.error();
    nginx_directive all;
    all.in = *main;
    all.is_block = true;
    chain_.push_back({*main, {}});
    parse_file(*main, all);
    return all;
}

result<source> nginx_parser::open(const std::string& path) {
    if (const auto found = opened_.find(path); found != opened_.end())
        return found->second;
    const result<source> read = files_.read(path);
    if (read.has_value()) {
        opened_.emplace(path, *read);
        names_.push_back(path);
        if (files_.begins_with_mark(path))
            problems_.push_back({hop_code::nginx_syntax,
                                 "the file begins with a byte order mark, which Nginx takes for a "
                                 "part of the first word",
                                 {first_line(*read, 0, (*read)->text().size()), ""},
                                 {},
                                 "save it as UTF-8 without a byte order mark"});
    }
    return read;
}

void nginx_parser::parse_file(const source& in, nginx_directive& into) {
    const std::optional<span> outer = std::exchange(unended_, std::nullopt);
    nginx_lexer lexer(in);
    parse_block(lexer, into, true);
    if (lexer.problem())
        problems_.push_back(*lexer.problem());
    unended_ = outer;
}

void nginx_parser::end_block(nginx_lexer& lexer, const nginx_statement& end,
                             const nginx_directive& block) {
    const std::string_view text = lexer.in()->text();
    const auto at_start = indentation(text, block.head().offset);
    const auto at_end = indentation(text, end.end - 1);
    if (!unended_ && at_start && at_end && *at_start != *at_end)
        unended_ = block.head();
}

void nginx_parser::report_unended(nginx_lexer& lexer, const nginx_directive& block) {
    const span head = unended_.value_or(block.head());
    lexer.fail(head.offset, head.length,
               "the block " + quoted(head.text()) + " does not end" +
                   (unended_ ? ", by its indentation" : " in this file"),
               "close it with `}`");
}

void nginx_parser::parse_block(nginx_lexer& lexer, nginx_directive& into, bool is_whole_file) {
    using kinds = nginx_statement::kinds;
    while (!is_stopped_) {
        nginx_statement next = lexer.next();
        if (next.kind == kinds::simple || next.kind == kinds::block_start) {
            add(lexer, std::move(next), into);
            continue;
        }
        if (next.kind == kinds::block_end && is_whole_file)
            lexer.fail(next.end - 1, 1, "`}` closes no block of this file",
                       "remove it, or look above for a `}` too many");
        else if (next.kind == kinds::block_end)
            end_block(lexer, next, into);
        else if (next.kind == kinds::end_of_file && !is_whole_file)
            report_unended(lexer, into);
        return;
    }
}

void nginx_parser::add(nginx_lexer& lexer, nginx_statement&& next, nginx_directive& into) {
    nginx_directive directive{lexer.in(),
                              std::move(next.words),
                              next.end,
                              next.kind == nginx_statement::kinds::block_start,
                              {}};
    words_ += directive.words.size();
    if (words_ > most_words) {
        stop(directive);
        return;
    }
    if (!directive.is_block) {
        if (directive.name() == "include")
            include(directive, into);
        else
            into.children.push_back(std::move(directive));
        return;
    }
    if (holds_lua(directive.name())) {
        if (lexer.skip_lua())
            into.children.push_back(std::move(directive));
        return;
    }
    if (block_depth_ == most_depth) {
        const span head = directive.head();
        lexer.fail(head.offset, head.length, "blocks are nested more than 64 deep", "");
        return;
    }
    ++block_depth_;
    parse_block(lexer, directive, false);
    --block_depth_;
    into.children.push_back(std::move(directive));
}

void nginx_parser::stop(const nginx_directive& at) {
    problems_.push_back({hop_code::nginx_include,
                         "the configuration is too big",
                         {at.whole(), "reading ends here"},
                         {},
                         "at most 10,000 included files, 64 MiB, 2 million words and 64 levels of "
                         "includes are read"});
    is_stopped_ = true;
}

void nginx_parser::include(const nginx_directive& what, nginx_directive& into) {
    if (what.arguments() != 1) {
        problems_.push_back({hop_code::nginx_syntax,
                             "`include` takes one file or pattern",
                             {what.whole(), ""},
                             {},
                             "write it as `include FILE;`"});
        return;
    }
    std::string path(what.argument(0));
    if (!path.starts_with('/'))
        path.insert(0, folder_);
    if (!is_pattern(path)) {
        include_file(path, what, into);
        return;
    }
    if (++included_ > most_includes) {
        stop(what);
        return;
    }
    if (std::find(patterns_.begin(), patterns_.end(), path) == patterns_.end())
        patterns_.push_back(path);
    for (const std::string& each : files_.match(path))
        include_file(each, what, into);
}

void nginx_parser::include_file(const std::string& path, const nginx_directive& what,
                                nginx_directive& into) {
    if (is_stopped_)
        return;
    if (++included_ > most_includes || chain_.size() > most_depth) {
        stop(what);
        return;
    }
    const span where = what.whole();
    const result<source> in = open(path);
    if (!in.has_value()) {
        unread_.push_back({hop_code::nginx_include,
                           "cannot read " + quoted(path) + ": " + in.error().message(),
                           {where, ""},
                           {},
                           cure_of(what, path)});
        into.children.push_back(what);
        return;
    }
    const auto same = [&](const open_file& each) { return each.in == *in; };
    if (const auto first = std::find_if(chain_.begin(), chain_.end(), same);
        first != chain_.end()) {
        diagnostic circle{hop_code::nginx_include,
                          "the file " + quoted(path) + " includes itself",
                          {where, ""},
                          {},
                          "remove one of these `include`s"};
        for (auto each = std::next(first); each != chain_.end(); ++each)
            circle.others.push_back({each->included_at, "on the way here"});
        problems_.push_back(std::move(circle));
        return;
    }
    bytes_ += (*in)->text().size();
    if (bytes_ > most_bytes) {
        stop(what);
        return;
    }
    chain_.push_back({*in, where});
    parse_file(*in, into);
    chain_.pop_back();
}

} // namespace pulsegate
