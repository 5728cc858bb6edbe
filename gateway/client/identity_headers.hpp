// The request headers by which applications believe to know their clients. From a peer that is not
// trusted they are forgeries, and must not reach an application. Pure.
#pragma once

#include <string_view>

namespace pulsegate {

/// True for headers that only a proxy may write: X-Forwarded-*, Forwarded, X-Real-IP and those of
/// the large providers, and such as X-Original-URL, by which a proxy tells what was asked of it. An
/// underscore counts as a hyphen: some servers show an application both as one name.
[[nodiscard]] bool tells_of_client(std::string_view name);

/// True if two names of headers are the same to such a server.
[[nodiscard]] bool is_same_header(std::string_view a, std::string_view b);

} // namespace pulsegate
