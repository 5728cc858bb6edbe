#include "support/running_admin.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <future>

namespace pulsegate::test {

running_admin::running_admin(admin_limits limits, std::string_view shown)
    : work_(io_.get_executor()),
      listener_(io_, {"127.0.0.1", 0}, endpoints(), std::string(shown), limits),
      thread_([this] { io_.run(); }) {}

std::vector<admin_endpoint> running_admin::endpoints() {
    using enum admin_access;
    using enum admin_method;
    const auto text = [](std::string body, unsigned status = 200) {
        return [body = std::move(body), status](const admin_request&, const admin_reply& reply) {
            reply({status, "text/plain", body});
        };
    };
    const auto keep = [this](const admin_request&, admin_reply reply) {
        health_replies_.push_back(std::move(reply));
    };
    const auto echo = [](const admin_request& request, const admin_reply& reply) {
        std::string body = request.argument;
        for (const auto& [name, value] : request.parameters)
            body += ' ' + name + '=' + value;
        reply({200, "text/plain", body});
    };
    const auto subscribe = [this](std::weak_ptr<admin_stream> watcher) {
        watchers_.push_back(std::move(watcher));
    };
    return {{get, "/metrics", open, text("metric 1\n")},
            {get, "/healthz", open, keep},
            {get, "/readyz", open, text("draining\n", 503)},
            {get, "/", page, text("page")},
            {get, "/things", read, echo, {"colour", "size"}},
            {delete_, "/things", change, echo, {"colour"}},
            {get, "/things/{id}", read, echo},
            {delete_, "/things/{id}", change, echo},
            {post, "/stop", change, text("stopped")},
            {get, "/wait", read, keep},
            {get, "/events", read, subscribe}};
}

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

void running_admin::send_event(const std::string& text) {
    on_thread([&] {
        const auto event = std::make_shared<const std::string>(text);
        for (const auto& each : watchers_)
            if (const auto stream = each.lock())
                stream->send(event);
    });
}

std::size_t running_admin::watchers() {
    std::size_t count = 0;
    on_thread([&] {
        std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
        count = watchers_.size();
    });
    return count;
}

void running_admin::change_token(const std::string& next) {
    on_thread([&] { listener_.change_token(next); });
}

void running_admin::stop() {
    on_thread([this] { listener_.stop(); });
}

} // namespace pulsegate::test
