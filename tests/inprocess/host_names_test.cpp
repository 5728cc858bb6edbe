// Looking names up on threads of their own, with a resolver that the tests hold up.
#include "net/upstream/host_names.hpp"
#include "support/patience.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace pulsegate::test {
namespace {

using kinds = kept_name::reply::kinds;
constexpr duration waits_for = kept_name::patience;

/// Answers when it is told to. Shared with the threads, which may outlive a test.
class held_resolver {
public:
    [[nodiscard]] host_names::look_up as_look_up() const {
        return [state = state_](const std::string& host) {
            std::unique_lock lock(state->guard);
            ++state->asked[host];
            ++state->at_work;
            state->changed.wait(lock, [&] { return state->answered.contains(host); });
            --state->at_work;
            if (host.starts_with("none"))
                return host_names::found{nullptr, "no such name"};
            return host_names::found{std::make_shared<const std::vector<boost::asio::ip::address>>(
                                         1, boost::asio::ip::make_address("192.0.2.1")),
                                     ""};
        };
    }
    void answer(const std::string& host) {
        const std::lock_guard lock(state_->guard);
        state_->answered.insert(host);
        state_->changed.notify_all();
    }
    void hold(const std::string& host) {
        const std::lock_guard lock(state_->guard);
        state_->answered.erase(host);
    }
    [[nodiscard]] unsigned at_work() const {
        const std::lock_guard lock(state_->guard);
        return state_->at_work;
    }
    [[nodiscard]] int asked(const std::string& host) const {
        const std::lock_guard lock(state_->guard);
        return state_->asked[host];
    }
    [[nodiscard]] std::size_t names() const {
        const std::lock_guard lock(state_->guard);
        return state_->asked.size();
    }
    ~held_resolver() { // no thread is left waiting
        const std::lock_guard lock(state_->guard);
        for (const auto& each : state_->asked)
            state_->answered.insert(each.first);
        state_->changed.notify_all();
    }

private:
    struct shared {
        std::mutex guard;
        std::condition_variable changed;
        std::set<std::string> answered;
        std::map<std::string, int> asked;
        unsigned at_work = 0;
    };
    std::shared_ptr<shared> state_ = std::make_shared<shared>();
};

} // namespace

TEST_SUITE("names") {

    TEST_CASE("all who ask for a name wait for one look-up, and are told") {
        held_resolver resolver;
        host_names names(resolver.as_look_up());
        std::atomic<int> told = 0;
        std::vector<host_names::waiter> waiters(200);
        for (auto& each : waiters)
            CHECK(names
                      .ask(
                          "app", clock::now(), waits_for, [&] { ++told; }, each)
                      .kind == kinds::wait);
        resolver.answer("app");
        wait_until("all to be told", [&] { return told == 200; });
        CHECK(resolver.asked("app") == 1);
        host_names::waiter nobody;
        const auto reply = names.ask(
            "app", clock::now(), waits_for, [] {}, nobody);
        CHECK(reply.kind == kinds::found);
        CHECK(reply.addresses->size() == 1);
    }

    TEST_CASE("who waits no more is not told") {
        held_resolver resolver;
        host_names names(resolver.as_look_up());
        std::atomic<int> told = 0;
        host_names::waiter stays;
        {
            host_names::waiter leaves;
            (void)names.ask(
                "app", clock::now(), waits_for, [&] { told += 100; }, leaves);
            (void)names.ask(
                "app", clock::now(), waits_for, [&] { ++told; }, stays);
        }
        resolver.answer("app");
        wait_until("the other to be told", [&] { return told > 0; });
        CHECK(told == 1);
    }

    TEST_CASE("names that nobody answers for hold up no other one") {
        held_resolver resolver;
        host_names names(resolver.as_look_up());
        std::vector<host_names::waiter> waiters(host_names::most_threads - 1);
        for (std::size_t i = 0; i < waiters.size(); ++i)
            (void)names.ask(
                "silent" + std::to_string(i), clock::now(), waits_for, [] {}, waiters[i]);
        resolver.answer("app");
        std::atomic<bool> told = false;
        host_names::waiter waiter;
        (void)names.ask(
            "app", clock::now(), waits_for, [&] { told = true; }, waiter);
        wait_until("the answer", [&] { return told.load(); });
    }

    TEST_CASE("names that have failed leave half of the threads to others") {
        held_resolver resolver;
        host_names names(resolver.as_look_up());
        std::atomic<std::size_t> told = 0;
        std::vector<host_names::waiter> waiters(2 * host_names::most_threads);
        const auto name = [](std::size_t i) { return "none" + std::to_string(i); };
        const auto ask_all = [&](time_point now) {
            for (std::size_t i = 0; i < waiters.size(); ++i)
                (void)names.ask(
                    name(i), now, waits_for, [&] { ++told; }, waiters[i]);
        };
        for (std::size_t i = 0; i < waiters.size(); ++i)
            resolver.answer(name(i));
        ask_all(clock::now());
        wait_until("all to fail", [&] { return told == waiters.size(); });
        for (std::size_t i = 0; i < waiters.size(); ++i)
            resolver.hold(name(i));
        ask_all(clock::now() + kept_name::pause);
        wait_until("half of the threads to be at work",
                   [&] { return resolver.at_work() == host_names::most_threads / 2; });
        resolver.answer("app");
        std::atomic<bool> is_found = false;
        host_names::waiter waiter;
        (void)names.ask(
            "app", clock::now(), waits_for, [&] { is_found = true; }, waiter);
        wait_until("the answer", [&] { return is_found.load(); });
        CHECK(resolver.at_work() == host_names::most_threads / 2);
    }

    TEST_CASE("more names than threads are looked up in turn") {
        held_resolver resolver;
        host_names names(resolver.as_look_up());
        std::atomic<unsigned> told = 0;
        constexpr unsigned count = 3 * host_names::most_threads;
        std::vector<host_names::waiter> waiters(count);
        for (unsigned i = 0; i < count; ++i)
            (void)names.ask(
                "app" + std::to_string(i), clock::now(), waits_for, [&] { ++told; }, waiters[i]);
        wait_until("every thread to be at work",
                   [&] { return resolver.names() == host_names::most_threads; });
        for (unsigned i = 0; i < count; ++i)
            resolver.answer("app" + std::to_string(i));
        wait_until("all to be told", [&] { return told == count; });
    }

    TEST_CASE("nobody waits for a look-up at the end") {
        held_resolver resolver;
        std::atomic<bool> told = false;
        host_names::waiter waiter;
        {
            host_names names(resolver.as_look_up());
            (void)names.ask(
                "app", clock::now(), waits_for, [&] { told = true; }, waiter);
            wait_until("the look-up to begin", [&] { return resolver.asked("app") == 1; });
        }
        resolver.answer("app");
        CHECK_FALSE(told);
    }

    TEST_CASE("this machine's own name server and files are asked") {
        const auto found = host_names::by_getaddrinfo("localhost");
        REQUIRE(found.addresses != nullptr);
        CHECK(found.addresses->at(0).is_loopback());
        const auto none = host_names::by_getaddrinfo("none..invalid");
        CHECK(none.addresses == nullptr);
        CHECK_FALSE(none.error.empty());
    }

} // TEST_SUITE

} // namespace pulsegate::test
