#include "http/stream_end.hpp"

#include <array>

namespace pulsegate {

static_assert(stream_end_count == std::size_t(stream_end::shutdown) + 1);

namespace {

using enum log::level;

// clang-format off
constexpr std::array<stream_end_row, stream_end_count> stream_end_table{{
    {stream_end::app_ended, "app_ended", info, "the application ended its event stream."},
    {stream_end::client_left, "client_left", info,
     "the client of an event stream left: its page was closed or went elsewhere, or a proxy in\n"
     "front cut the connection. If many end at one age, a proxy did: `pulsegate check`."},
    {stream_end::app_lost, "app_lost", warning,
     "the application's connection ended in the middle of its event stream: it was restarted, or\n"
     "it crashed. The client's connection is cut, so that it notices and comes back."},
    {stream_end::slow_client, "slow_client", info,
     "the client of an event stream took not one byte for `limits.write_stall`: its network is\n"
     "gone, or it hangs."},
    {stream_end::age, "age", info,
     "the event stream was as old as `limits.session_age`; it was ended between two events, and the\n"
     "client told when to come back (`retry:`)."},
    {stream_end::drained, "drained", info,
     "the gateway is being stopped; the event stream was ended between two events, and the client\n"
     "told when to come back (`retry:`)."},
    {stream_end::admin, "admin", info, "an administrator ended the event stream."},
    {stream_end::shutdown, "shutdown", info,
     "the gateway ended before the event stream did, which was cut."},
}};
// clang-format on

constexpr bool has_stream_ends_in_order() {
    for (std::size_t i = 0; i < stream_end_table.size(); ++i)
        if (stream_end_table[i].reason != static_cast<stream_end>(i))
            return false;
    return true;
}
static_assert(has_stream_ends_in_order());

} // namespace

std::span<const stream_end_row> stream_ends() {
    return stream_end_table;
}

const stream_end_row& row_of(stream_end why) {
    return stream_end_table[static_cast<std::size_t>(why)];
}

std::string_view label_of(stream_end why) {
    return row_of(why).label;
}

} // namespace pulsegate
