// Blocks of Lua, as OpenResty's `content_by_lua_block { … }`: their braces are Lua's. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pulsegate {

/// True for directives like `content_by_lua_block`.
[[nodiscard]] bool holds_lua(std::string_view directive);

/// \param at  the offset after the block's `{`.
/// Returns the offset after the `}` that closes it; nothing if there is none. Braces in strings, in
/// long brackets and in comments do not count.
[[nodiscard]] std::optional<std::size_t> end_of_lua(std::string_view text, std::size_t at);

} // namespace pulsegate
