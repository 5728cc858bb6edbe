// What the admin listener serves, as a table: a row says who may ask, and what answers. Filled by
// the server; the listener knows no path of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pulsegate {

enum class admin_method : std::uint8_t { get, post, delete_ }; // HEAD is a GET without the body

/// Who may ask.
enum class admin_access : std::uint8_t {
    open,   // everybody: health
    scrape, // metrics: no token, but on loopback no foreign host name either
    page,   // files without data: no token, but on loopback no foreign host name either
    read,   // on loopback likewise; elsewhere with the token
    change, // with the token, always
};

/// A request that may be answered.
struct admin_request {
    std::string argument; // what stands in place of the path's `{…}`; "" if there is none
    std::vector<std::pair<std::string, std::string>> parameters; // of the query, decoded, each once

    /// The value of a parameter; null if it was not given.
    [[nodiscard]] const std::string* find(std::string_view name) const;
};

inline constexpr std::string_view plain_text_type = "text/plain; charset=utf-8";

struct admin_answer {
    unsigned status = 200; // of those whose answers have a body (RFC 9110 §6.4.1)
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {}; // more of them
};

/// An error as JSON: `{"error": …, "help": …}`.
[[nodiscard]] admin_answer admin_error(unsigned status, std::string_view error,
                                       std::string_view help);

/// True for what programs that watch the gateway ask for: always answered, in plain text, whatever
/// the query.
[[nodiscard]] inline bool is_for_watchers(admin_access access) {
    return access == admin_access::open || access == admin_access::scrape;
}

/// 503, to be tried again in ten seconds.
[[nodiscard]] admin_answer busy_answer(std::string_view error);

/// Answers one request. May be kept and called later, but only on the thread of the listener's
/// io_context. Calls after the first do nothing, nor do calls for a client that has gone or waited
/// too long; it may outlive the listener.
using admin_reply = std::function<void(admin_answer)>;

/// An answer without end: events (text/event-stream). Thread: that of the listener's io_context.
class admin_stream {
public:
    /// Sends this after what was sent before, or cuts a client that is too far behind. Shared, so
    /// that what many are sent is there once.
    virtual void send(std::shared_ptr<const std::string> events) = 0;

protected:
    ~admin_stream() = default;
};

/// Calls its reply at once or later; throws nothing.
using admin_handler = std::function<void(const admin_request&, admin_reply)>;

/// Takes a new stream. It expires when its client has gone.
using admin_subscription = std::function<void(std::weak_ptr<admin_stream>)>;

struct admin_endpoint {
    admin_method method;
    std::string path; // `/connections`, or `/connections/{id}`: any one segment
    admin_access access;
    std::variant<admin_handler, admin_subscription> answer;
    std::vector<std::string> parameters = {}; // that its query may have
};

} // namespace pulsegate
