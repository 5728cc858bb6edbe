#include "support/running_admin.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <future>

namespace pulsegate::test {

running_admin::running_admin(admin_limits limits)
    : work_(io_.get_executor()),
      listener_(
          io_, {"127.0.0.1", 0},
          {.metrics =
               [](const admin_reply& reply) {
                   reply({200, "text/plain", "metric 1\n"});
               },
           .healthz = [this](admin_reply reply) { health_replies_.push_back(std::move(reply)); },
           .readyz =
               [](const admin_reply& reply) {
                   reply({503, "text/plain", "draining\n"});
               }},
          limits),
      thread_([this] { io_.run(); }) {}

running_admin::~running_admin() {
    stop();
    work_.reset();
    thread_.join();
}

void running_admin::on_thread(const std::function<void()>& what) {
    std::promise<void> done;
    boost::asio::post(io_, [&] {
        what();
        done.set_value();
    });
    done.get_future().wait();
}

bool running_admin::wait_for_health_requests(std::size_t count) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::size_t seen = 0;
    while (seen < count && std::chrono::steady_clock::now() < give_up) {
        on_thread([&] { seen = health_replies_.size(); });
        std::this_thread::yield();
    }
    return seen == count;
}

void running_admin::answer_health(unsigned status) {
    on_thread([&] {
        for (const admin_reply& reply : health_replies_)
            reply({status, "text/plain", "late\n"});
    });
}

void running_admin::answer_health_request(std::size_t request, unsigned status) {
    on_thread([&] { health_replies_.at(request)({status, "text/plain", "late\n"}); });
}

void running_admin::stop() {
    on_thread([this] { listener_.stop(); });
}

} // namespace pulsegate::test
