// An answer without end to a client of the admin listener: server-sent events (HTML Standard,
// section 9.2). A client that does not take them is cut, so that what waits for it stays bounded.
// Owner: the admin thread. Held by its pending operations only, as an admin_connection.
#pragma once

#include "admin/admin_service.hpp"

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace pulsegate {

class event_stream final : public admin_client,
                           public admin_stream,
                           public std::enable_shared_from_this<event_stream> {
public:
    static constexpr std::string_view content_type = "text/event-stream";

    /// Takes a connection whose request has been read.
    /// \param address  of the client's machine.
    event_stream(tcp_socket socket, std::shared_ptr<admin_service> service, std::string address);
    ~event_stream();
    event_stream(const event_stream&) = delete;
    event_stream& operator=(const event_stream&) = delete;

    /// Sends the header of the answer.
    void start();

    // admin_stream
    void send(std::shared_ptr<const std::string> events) override;

    // admin_client
    void close() override;
    [[nodiscard]] admin_client_facts facts() const override;

private:
    void write();
    void read();

    tcp_socket socket_;
    const std::string address_;
    const std::shared_ptr<admin_service> service_;
    std::deque<std::shared_ptr<const std::string>> unsent_; // the first is being written
    std::array<char, 256> ignored_{};                       // what the client still says
};

} // namespace pulsegate
