#include "net/plain/idle_client.hpp"

#include "base/bytes.hpp"
#include "client/client_address.hpp"
#include "net/handshake.hpp"

#include <string>
#include <utility>
#include <variant>

namespace pulsegate {
namespace {

class idle_client final : public worker_member, private newcomers::holder, private poll_target {
public:
    idle_client(worker_context& worker, connection&& client, accepted_client&& known, duration time)
        : worker_(worker), client_(std::move(client)), known_(std::move(known)) {
        ++worker.count.idle_clients;
        worker.members.push_back(*this);
        worker.wheel.arm(*this, worker.now().real + time);
        known_.place.wait_for_client(*this);
    }

    /// Destroys *this if the kernel lacks memory for that.
    void wait() {
        if (!client_.watch(*this, EPOLLIN | EPOLLRDHUP))
            delete this;
    }

    // worker_member
    void on_due() override { delete this; }
    void on_drain(time_point) override { delete this; }
    void on_reload() override {}
    void on_shutdown() override { delete this; }

private:
    ~idle_client() { --worker_.count.idle_clients; }

    void on_make_room(newcomers::scarcity) override { delete this; }

    void on_ready(std::uint32_t) override {
        const auto room = worker_.read_buffer();
        const auto received = client_.read(room);
        if (received.bytes > 0) {
            known_.bytes.assign(reinterpret_cast<const char*>(room.data()), received.bytes);
            handshake::begin(worker_, std::move(client_), std::move(known_));
        }
        if (received.bytes > 0 || received.is_over)
            delete this;
    }

    worker_context& worker_;
    connection client_;
    accepted_client known_;
};

} // namespace

void next_request(worker_context& worker, connection client, accepted_client known,
                  const http_settings& http) {
    if (!known.bytes.empty())
        return handshake::begin(worker, std::move(client), std::move(known));
    const service_settings& settings = *worker.settings;
    const bool is_counted = known.peer && !is_trusted(*known.peer, settings.trusted_proxies);
    auto entered = worker.waiting_room.enter(is_counted ? known.peer : std::optional<ip_address>(),
                                             settings.newcomers, worker.now().real);
    if (!std::holds_alternative<newcomers::place>(entered))
        return;
    known.place = std::get<newcomers::place>(std::move(entered));
    auto* const idle =
        new idle_client(worker, std::move(client), std::move(known), http.client_idle);
    idle->wait();
}

} // namespace pulsegate
