#include "admin/event_feed.hpp"

#include "admin/status_json.hpp"
#include "base/json_text.hpp"

#include <algorithm>
#include <string>

namespace pulsegate {
namespace {

constexpr std::chrono::seconds interval{1};

/// In the format of HTML Standard, section 9.2.6; JSON on one line is one `data` field.
std::shared_ptr<const std::string> event(const char* name, const boost::json::object& data) {
    return std::make_shared<const std::string>("event: " + std::string(name) +
                                               "\ndata: " + to_json_text(data) + "\n\n");
}

std::shared_ptr<const std::string> status_event(const snapshot& now) {
    return event("status", status_to_json(now));
}

} // namespace

event_feed::event_feed(asio::io_context& control, const snapshots& from, const history_keeper& past)
    : source_(from), past_(past), timer_(control) {}

void event_feed::subscribe(std::weak_ptr<admin_stream> watcher) {
    if (const auto stream = watcher.lock())
        stream->send(event("history", past_.kept().to_json()));
    source_.take([watcher](const snapshot& now) {
        if (const auto stream = watcher.lock())
            stream->send(status_event(now));
    });
    watchers_.push_back(std::move(watcher));
    if (watchers_.size() == 1) {
        timer_.expires_after(interval);
        wait();
    }
}

void event_feed::wait() {
    timer_.async_wait([this](error_code cancelled) {
        std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
        if (cancelled || watchers_.empty())
            return;
        source_.take([this](const snapshot& now) { tell(now); });
        timer_.expires_at(std::max(timer_.expiry() + interval, clock::now()));
        wait();
    });
}

void event_feed::tell(const snapshot& now) {
    const auto text = status_event(now);
    for (const auto& each : watchers_)
        if (const auto stream = each.lock())
            stream->send(text);
}

} // namespace pulsegate
