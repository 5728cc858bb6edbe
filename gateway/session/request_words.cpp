#include "session/request_words.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace pulsegate {
namespace {

struct lengths {
    std::uint16_t path;
    std::uint16_t user_agent;
};

lengths lengths_in(const char* bytes) {
    lengths found{};
    if (bytes != nullptr)
        std::memcpy(&found, bytes, sizeof found);
    return found;
}

} // namespace

request_words::request_words(std::string_view target, std::string_view user_agent) {
    const std::string_view path = target.substr(0, target.find('?')).substr(0, most_path_bytes);
    user_agent = user_agent.substr(0, most_user_agent_bytes);
    const lengths both{static_cast<std::uint16_t>(path.size()),
                       static_cast<std::uint16_t>(user_agent.size())};
    // Not make_unique(), which would clear it first.
    bytes_.reset(new char[sizeof both + path.size() + user_agent.size()]);
    std::memcpy(bytes_.get(), &both, sizeof both);
    const auto end = std::copy(path.begin(), path.end(), bytes_.get() + sizeof both);
    std::copy(user_agent.begin(), user_agent.end(), end);
}

std::string_view request_words::path() const {
    const std::size_t length = lengths_in(bytes_.get()).path;
    return length == 0 ? std::string_view()
                       : std::string_view(bytes_.get() + sizeof(lengths), length);
}

std::string_view request_words::user_agent() const {
    const lengths both = lengths_in(bytes_.get());
    return both.user_agent == 0
               ? std::string_view()
               : std::string_view(bytes_.get() + sizeof both + both.path, both.user_agent);
}

} // namespace pulsegate
