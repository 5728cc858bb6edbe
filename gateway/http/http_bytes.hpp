// HTTP messages to and from bytes: what has been read goes into one of Beast's parsers, what is to
// be written comes out as one piece, for one system call. No socket here.
#pragma once

#include "http/upgrade.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate {

using error_code = boost::system::error_code;

/// What was read and not parsed yet.
using unparsed_bytes = boost::beast::flat_buffer;

/// Appends what was read.
void append(unparsed_bytes& to, std::span<const std::uint8_t> bytes);

[[nodiscard]] std::string_view contents(const unparsed_bytes& bytes);

/// Parses as far as the bytes go, to the end of the header at most, or with an eager parser to the
/// end of the message; what is parsed is taken away. That more is needed is no error.
/// \return the number of bytes taken.
std::size_t parse(http::basic_parser<true>& parser, unparsed_bytes& bytes, error_code& error);
std::size_t parse(http::basic_parser<false>& parser, unparsed_bytes& bytes, error_code& error);

/// Has an answer begin as the parser wants it: where the status line ends with the code, as in
/// `HTTP/1.1 101`, the space is put in that RFC 9112 §4 has behind it. Nginx and browsers take an
/// answer without.
/// \param bytes  from the beginning of the answer on.
/// \return false if that is not to be seen yet: wait for more.
[[nodiscard]] bool complete_status_line(unparsed_bytes& bytes);

/// As it goes over the wire. Written by hand: Beast's serializer makes a list of buffers, whose
/// walk takes a quarter of an opening handshake's instructions.
[[nodiscard]] std::string to_bytes(const upgrade_request& request);
[[nodiscard]] std::string to_bytes(const upgrade_response& response);
/// A head, with the empty line behind it.
/// \param first_line  with its line end.
[[nodiscard]] std::string to_bytes(std::string_view first_line, const http::fields& headers);

} // namespace pulsegate
