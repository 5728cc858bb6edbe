// Splits the text of one file into statements by the rules of Nginx's ngx_conf_read_token(). Reads
// forward only, in time linear in the text.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "config/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pulsegate {

/// True for directives like `content_by_lua_block`.
[[nodiscard]] bool holds_lua(std::string_view directive);

/// \param at  the offset after the block's `{`.
/// Returns the offset after the `}` that closes it; nothing if there is none. Braces in strings, in
/// long brackets and in comments do not count.
[[nodiscard]] std::optional<std::size_t> end_of_lua(std::string_view text, std::size_t at);

struct nginx_statement {
    enum class kinds : std::uint8_t {
        simple,      // words and `;`
        block_start, // words and `{`
        block_end,   // `}`
        end_of_file,
        broken, // nothing more can be read; problem() says why
    };

    kinds kind = kinds::end_of_file;
    std::vector<nginx_word> words;
    std::size_t end = 0; // the offset after it
};

class nginx_lexer {
public:
    explicit nginx_lexer(source in);

    [[nodiscard]] nginx_statement next();

    /// To be called after the start of a block that holds Lua: goes on after its `}`. False if the
    /// block has no end; then problem() says so.
    [[nodiscard]] bool skip_lua();

    /// Ends the reading with a problem: every further statement is broken.
    void fail(std::size_t offset, std::size_t length, std::string message, std::string help);

    [[nodiscard]] const source& in() const { return in_; }
    /// Set once a statement was broken.
    [[nodiscard]] const std::optional<diagnostic>& problem() const { return problem_; }

private:
    [[nodiscard]] nginx_statement unended(const nginx_statement& statement);
    [[nodiscard]] bool skip_space();
    [[nodiscard]] bool read_word(nginx_statement& into);

    const source in_;
    const std::string_view text_;
    std::size_t at_ = 0;
    std::optional<diagnostic> problem_;
};

} // namespace pulsegate
