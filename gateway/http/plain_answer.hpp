// The application's answers to requests that ask for no WebSocket, as messages: how the client gets
// the head of one, how its body is delimited there, and whether it is an event stream. No socket
// here.
#pragma once

#include "http/body_relay.hpp"
#include "http/plain_request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

using plain_answer = response_reader::message;

/// RFC 9110 §15.2: another answer is still to come.
[[nodiscard]] bool is_interim(unsigned status);

/// True for an event stream (WHATWG HTML §9.2.5) that the gateway keeps alive: one whose length is
/// not known, and whose lines can be seen, since no coding hides them.
/// \pre it has a body.
[[nodiscard]] bool is_event_stream(const plain_answer& answer);

/// Checks that an answer can be relayed; the text says what is wrong with it.
/// \param has_length  its body is that of Content-Length.
[[nodiscard]] std::optional<std::string> check_plain_answer(const plain_answer& answer);

/// How the end of the body is told to the client.
[[nodiscard]] body_framing framing_for(const plain_answer& answer, const answer_terms& terms);

/// The head of an interim answer (103, 100, 102) for the client.
[[nodiscard]] std::string interim_head(plain_answer answer);

/// The head of the answer for the client, as it goes over the wire.
/// \param framing      as framing_for() tells.
/// \param keeps_alive  the client may ask again on this connection.
/// \param via          as of add_via().
[[nodiscard]] std::string plain_head(plain_answer answer, const answer_terms& terms,
                                     body_framing framing, bool keeps_alive, std::string_view via);

} // namespace pulsegate
