// Durations of any content: a value that is read is in range, and one that is written is read back.
#include "alignment/haproxy/times.hpp"
#include "alignment/nginx/values.hpp"
#include "base/assert.hpp"
#include "base/duration.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

using namespace pulsegate;

namespace {

void check_reading(std::string_view text) {
    const auto value = parse_duration(text);
    if (!value.has_value()) {
        PULSEGATE_ASSERT(!value.error().message.empty());
        return;
    }
    PULSEGATE_ASSERT(*value >= milliseconds::zero());
    PULSEGATE_ASSERT(*parse_duration(format_duration(*value)) == *value);
}

void check_writing(std::int64_t count) {
    const std::string text = format_duration(milliseconds(count));
    if (count >= 0)
        PULSEGATE_ASSERT(*parse_duration(text) == milliseconds(count));
    else
        PULSEGATE_ASSERT(text.starts_with('-') && !parse_duration(text).has_value());
}

void check_haproxy(std::string_view text) {
    const auto value = parse_haproxy_time(text);
    if (!value.has_value()) {
        PULSEGATE_ASSERT(!value.error().message.empty() && !value.error().help.empty());
        return;
    }
    PULSEGATE_ASSERT(*value >= milliseconds::zero() && *value <= milliseconds(2'147'483'647));
}

void check_nginx(std::string_view text) {
    const auto value = parse_nginx_time(text);
    PULSEGATE_ASSERT(!value || *value >= milliseconds::zero());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_reading(text);
    check_haproxy(text);
    check_nginx(text);
    if (std::int64_t count = 0; size >= sizeof count) {
        std::memcpy(&count, data, sizeof count);
        check_writing(count);
    }
    return 0;
}
