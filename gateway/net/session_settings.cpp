// session: what the settings of its route mean for it, at first and after a reload.
#include "net/session.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <utility>

namespace pulsegate {
namespace {

/// The longest text that may be a heartbeat.
std::uint8_t held_text_bytes(const heartbeat_settings& heartbeat) {
    std::size_t held = 0;
    if (heartbeat.method != heartbeat_method::ping)
        held = heartbeat.text_expect.size();
    for (const auto& [text, answer] : heartbeat.answer)
        held = std::max(held, text.size());
    return static_cast<std::uint8_t>(std::min(held, max_control_payload_bytes));
}

} // namespace

/// `limits.message` protects the application; what the application sends is its own affair.
frame_scanner::rules session::rules_for(leg from, const session_origin& origin) {
    if (from == leg::app)
        return {.masked = false,
                .compressed = origin.compressed,
                .held_text_bytes = 0,
                .max_message_bytes = 0};
    const configuration& config = origin.settings->config;
    return {.masked = true,
            .compressed = origin.compressed,
            .held_text_bytes = held_text_bytes(config.routes[origin.route].heartbeat),
            .max_message_bytes = config.limits.message_bytes};
}

/// Sessions that began together do not all come back together.
void session::plan_goodbye(moment now) {
    const milliseconds most = config().limits.session_age;
    if (most == milliseconds(0))
        return;
    const duration window = config().drain.window;
    goodbye_at_ = std::max(now.real, opened_ + most) +
                  (window > duration::zero() ? random_phase(window) : duration::zero());
}

/// Longer than anything that the session decides by itself. With the first heartbeat, which comes
/// earlier: many sessions end before they have one.
void session::limit_silence_of_kernel(leg to) {
    constexpr milliseconds allowance{10'000};
    if (!std::exchange(at(to).is_kernel_limited, true))
        at(to).io.give_up_after(
            std::max(config().limits.write_stall, my_route().heartbeat.timeout) + allowance);
}

void session::limit_rate() {
    if (my_route().rate.is_limited() && rate_ == nullptr)
        rate_ = std::make_unique<rate_state>();
}

/// Takes the new settings of its route. A session whose route is gone keeps the old ones, and so
/// does one that could not follow: text heartbeats need a connection without compression.
void session::on_reload() {
    if (origin_.settings == worker_.settings)
        return;
    const configuration& next = worker_.settings->config;
    const auto route = worker_.settings->route_at(my_route().path);
    if (!route || (origin_.compressed && next.routes[*route].heartbeat.reads_text()))
        return;
    const moment now = worker_.now();
    const heartbeat_rhythm before = client_rhythm(my_route().heartbeat);
    const milliseconds age_before = config().limits.session_age;
    origin_.settings = worker_.settings;
    origin_.route = *route;
    const heartbeat_settings& after = my_route().heartbeat;
    limit_rate();
    client_.is_kernel_limited = app_.is_kernel_limited = false;
    client_.scanner.change_limits(held_text_bytes(after), config().limits.message_bytes);
    if (client_rhythm(after) != before) {
        const duration phase = random_phase(after.interval);
        client_.heart.on_new_rhythm(before, client_rhythm(after), now, phase);
        app_.heart.on_new_rhythm(before, client_rhythm(after), now, phase);
    }
    if (config().limits.session_age != age_before && !worker_.drain_until && !is_dismissed_) {
        goodbye_at_ = time_point::max();
        plan_goodbye(now);
    }
    arm(now);
}

} // namespace pulsegate
