// What a client said in its upgrade request, as far as it helps to recognise its session: the path
// and the name of its program. Behind one pointer, because every session has them and nearly none
// is ever asked. Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pulsegate {

class request_words {
public:
    static constexpr std::size_t most_path_bytes = 256;
    static constexpr std::size_t most_user_agent_bytes = 128;

    request_words() = default;

    /// Keeps the beginning of both; of the target only the path.
    request_words(std::string_view target, std::string_view user_agent);

    /// As the client sent them: any bytes. Valid as long as *this.
    [[nodiscard]] std::string_view path() const;
    [[nodiscard]] std::string_view user_agent() const;

private:
    std::unique_ptr<char[]> bytes_; // the lengths of both, then both; null: none
};

} // namespace pulsegate
