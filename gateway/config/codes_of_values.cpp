// PG110 to PG115: plain values.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::bad_duration, "PG110", severity::error, "not a duration",
             "A duration is whole numbers with units, from large to small: `25s`, `1m30s`,\n"
             "`250ms`, `2h`. A bare number is refused, because proxies count some limits in\n"
             "seconds and others in milliseconds, and a guess would be wrong by a factor of 1000.",
             "heartbeat:\n  interval: 25\n", "heartbeat:\n  interval: 25s\n",
             "gateway.yaml, the documented default"},
    code_row{code::bad_size, "PG111", severity::error, "not a size",
             "A size is a whole number with one of the units `B`, `KiB`, `MiB`, `GiB`, `TiB`.\n"
             "`KB` and `MB` are refused, because some read them as 1000 and others as 1024.",
             "limits:\n  message: 16MB\n", "limits:\n  message: 16MiB\n",
             "IEC 80000-13, prefixes for binary multiples"},
    code_row{code::bad_number, "PG112", severity::error, "not a whole number",
             "The key takes a decimal number without sign, point, unit or grouping.",
             "limits:\n  connections: 100k\n", "limits:\n  connections: 100000\n",
             "gateway.yaml, the documented default"},
    code_row{code::out_of_range, "PG113", severity::error, "out of range",
             "The value is well formed, but outside the range in which the key makes sense.",
             "limits:\n  handshake: 10ms\n", "limits:\n  handshake: 10s\n",
             "gateway.yaml, the documented default"},
    code_row{code::unknown_choice, "PG114", severity::error, "not one of the choices",
             "The key takes one of a few words, spelt in lower case.", "log:\n  level: warn\n",
             "log:\n  level: warning\n", "gateway.yaml, the documented default"},
    code_row{code::text_length, "PG115", severity::error, "a text that is empty or too long",
             "Text heartbeats and their answers have 1 to 125 bytes, like the native pings that\n"
             "they stand in for: the gateway holds one for every session.",
             "heartbeat:\n  text: { send: \"\" }\n", "heartbeat:\n  text: { send: ping }\n",
             "RFC 6455 section 5.5"},
};

} // namespace

std::span<const code_row> value_codes() {
    return rows;
}

} // namespace pulsegate
