// PG130 to PG135: heartbeats and close codes.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::timeout_too_short, "PG130", severity::error, "timeout not above interval",
             "A quiet client sends something only when it answers a ping, once per `interval`. If\n"
             "it is evicted after a silence no longer than that, every quiet client is.",
             "heartbeat:\n  interval: 30s\n  timeout: 30s\n",
             "heartbeat:\n  interval: 30s\n  timeout: 60s\n", "RFC 6455 section 5.5.2"},
    code_row{code::timeout_tight, "PG131", severity::warning, "timeout barely above interval",
             "With less than one and a half intervals, one answer that a slow network or a\n"
             "sleeping phone delays is enough to evict a healthy client. Two intervals leave room\n"
             "for one lost ping.",
             "heartbeat:\n  interval: 30s\n  timeout: 40s\n",
             "heartbeat:\n  interval: 30s\n  timeout: 60s\n", "RFC 6455 section 5.5.2"},
    code_row{
        code::bad_close_code, "PG132", severity::error, "not a code for a Close frame",
        "1004, 1005, 1006 and 1015 are reserved and never stand in a Close frame, and clients\n"
        "fail the connection when they meet a code that is not defined.",
        "heartbeat:\n  close: { code: 1006 }\n", "heartbeat:\n  close: { code: 4001 }\n",
        "RFC 6455 section 7.4, IANA WebSocket Close Code Number Registry"},
    code_row{
        code::long_reason, "PG133", severity::error, "a reason that is too long",
        "A Close frame has at most 125 bytes, of which the code takes two.",
        "drain:\n"
        "  close:\n"
        "    reason: the service is about to be restarted, please connect again after a short\n"
        "      while, and accept our apologies for this interruption of your session\n",
        "drain:\n  close:\n    reason: service restart\n", "RFC 6455 section 5.5"},
    code_row{code::misleading_code, "PG134", severity::warning, "evictions that look like crashes",
             "1011 says that the application failed. Used for silent clients it fills error\n"
             "reports with events in which nothing failed, and some clients do not come back.",
             "heartbeat:\n  close: { code: 1011 }\n", "heartbeat:\n  close: { code: 4001 }\n",
             "RFC 6455 section 7.4.1"},
    code_row{code::answered_reply, "PG135", severity::error, "a text that is answer and question",
             "With text heartbeats, the gateway takes `text.expect` as the answer to its own\n"
             "heartbeat. If `answer` holds the same text, the gateway would also answer that\n"
             "answer, and client and gateway could go on without end.",
             "heartbeat:\n  method: ping_then_text\n  text: { send: ping, expect: pong }\n"
             "  answer: { pong: ping }\n",
             "heartbeat:\n  method: ping_then_text\n  text: { send: ping, expect: pong }\n"
             "  answer: { ping: pong }\n",
             "gateway.yaml, the documented default"},
};

} // namespace

std::span<const code_row> heartbeat_codes() {
    return rows;
}

} // namespace pulsegate
