// An application server on Boost.Beast's own websocket::stream. It answers each upgrade as its
// script says; the connections that it accepts are peers that the test then talks through.
#pragma once

#include "support/ws_peer.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pulsegate::test {

struct app_script {
    bool echoes = false;                                        // returns every message
    bool deflate = false;                                       // accepts permessage-deflate
    std::vector<std::pair<std::string, std::string>> headers{}; // of its answer
    unsigned refuses_with = 0;                                  // an HTTP status; 0: accepts
    std::string body{};                                         // of a refusal
};

/// An upgrade request as the application saw it.
struct seen_request {
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers; // in order

    /// All values of a header, joined by " | "; "" if it is not there.
    [[nodiscard]] std::string header(std::string_view name) const;
};

class scripted_app {
public:
    explicit scripted_app(app_script script = {});
    scripted_app(const scripted_app&) = delete;
    scripted_app& operator=(const scripted_app&) = delete;
    ~scripted_app();

    /// As it stands in `upstream`.
    [[nodiscard]] std::string url() const;

    /// Waits for the next connection that was accepted.
    [[nodiscard]] ws_peer accept();
    /// Waits for the next request, accepted or not.
    [[nodiscard]] seen_request next_request();

private:
    class server;
    const std::shared_ptr<server> server_;
};

} // namespace pulsegate::test
