#include "websocket/close_payload.hpp"

#include "websocket/utf8.hpp"

namespace pulsegate {

bool is_valid_close_code(std::uint16_t code) {
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

parsed_close parse_close(std::span<const std::uint8_t> body) {
    parsed_close result;
    if (body.empty())
        return result;
    if (body.size() == 1) {
        result.error = close_error::one_byte_body;
        return result;
    }
    result.payload.code = static_cast<std::uint16_t>(body[0] << 8 | body[1]);
    result.payload.reason.assign(reinterpret_cast<const char*>(body.data()) + 2, body.size() - 2);
    if (!is_valid_close_code(result.payload.code))
        result.error = close_error::bad_code;
    else if (!is_valid_utf8(result.payload.reason))
        result.error = close_error::bad_utf8;
    return result;
}

} // namespace pulsegate
