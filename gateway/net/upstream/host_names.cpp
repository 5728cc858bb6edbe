#include "net/upstream/host_names.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace pulsegate {

/// Shared by the owner and all threads, of which the last may live longer than the owner.
struct host_name_table {
    struct entry {
        kept_name name;
        std::map<std::uint64_t, std::function<void()>> waiters; // by number
        time_point asked{};
    };

    explicit host_name_table(host_names::look_up by) : look_up(std::move(by)) {}

    const host_names::look_up look_up;

    std::mutex guard; // of all that follows
    std::map<std::string, entry, std::less<>> entries;
    std::deque<std::string> queue; // names that wait for a thread, the first one first
    unsigned threads = 0;
    unsigned threads_of_failed = 0; // for names whose last look-up failed
    std::uint64_t last_number = 0;
};

namespace {

using table_pointer = std::shared_ptr<host_name_table>;
using entry = host_name_table::entry;

/// A look-up that has a thread.
struct task {
    std::string host;
    bool has_failed_before = false;
};

/// The next name that may have a thread, with its thread counted. Nothing if there is none.
/// \pre the table is locked.
std::optional<task> take_next(host_name_table& in) {
    if (in.threads >= host_names::most_threads)
        return std::nullopt;
    const bool may_fail_again = in.threads_of_failed < host_names::most_threads / 2;
    const auto next = std::find_if(in.queue.begin(), in.queue.end(), [&](const std::string& host) {
        return may_fail_again || !in.entries.at(host).name.has_failed();
    });
    if (next == in.queue.end())
        return std::nullopt;
    task taken{*next, in.entries.at(*next).name.has_failed()};
    in.queue.erase(next);
    ++in.threads;
    in.threads_of_failed += taken.has_failed_before ? 1 : 0;
    return taken;
}

/// \pre the table is locked.
void finish(host_name_table& in, const task& done, host_names::found what) {
    --in.threads;
    in.threads_of_failed -= done.has_failed_before ? 1 : 0;
    const auto at = in.entries.find(done.host);
    if (at == in.entries.end()) // the owner has gone
        return;
    const time_point now = clock::now();
    if (what.addresses != nullptr)
        at->second.name.on_found(std::move(what.addresses), now);
    else
        at->second.name.on_failed(std::move(what.error), now);
    const auto waiters = std::exchange(at->second.waiters, {});
    for (const auto& [number, then] : waiters)
        then();
}

void work(const table_pointer& of, task now) {
    for (;;) {
        host_names::found what = of->look_up(now.host);
        const std::lock_guard lock(of->guard);
        finish(*of, now, std::move(what));
        auto next = take_next(*of);
        if (!next)
            return;
        now = std::move(*next);
    }
}

/// Signals are for the other threads: the ones here may not be able to end.
class all_signals_blocked {
public:
    all_signals_blocked() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    all_signals_blocked(const all_signals_blocked&) = delete;
    all_signals_blocked& operator=(const all_signals_blocked&) = delete;
    ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

/// \pre the table is locked.
void start_threads(const table_pointer& of) {
    while (auto next = take_next(*of)) {
        try {
            const all_signals_blocked blocked;
            std::thread(work, of, *next).detach();
        } catch (const std::system_error& error) {
            finish(*of, *next, {nullptr, std::string("no thread: ") + error.what()});
        }
    }
}

/// False if there is no room for one more name: all are being looked up.
/// \pre the table is locked.
bool make_room(host_name_table& in) {
    if (in.entries.size() < host_names::most_names)
        return true;
    auto oldest = in.entries.end();
    for (auto at = in.entries.begin(); at != in.entries.end(); ++at)
        if (!at->second.name.is_looking() &&
            (oldest == in.entries.end() || at->second.asked < oldest->second.asked))
            oldest = at;
    if (oldest == in.entries.end())
        return false;
    in.entries.erase(oldest);
    return true;
}

namespace ip = boost::asio::ip;

/// Nothing unless it is an IP address.
std::optional<ip::address> address_of(const addrinfo& from) {
    if (from.ai_family == AF_INET && from.ai_addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in v4{};
        std::memcpy(&v4, from.ai_addr, sizeof v4);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (from.ai_family == AF_INET6 && from.ai_addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, from.ai_addr, sizeof v6);
        ip::address_v6::bytes_type bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return ip::address_v6(bytes, v6.sin6_scope_id);
    }
    return std::nullopt;
}

std::string text_of(int failure, int error) {
    if (failure == EAI_SYSTEM)
        return std::generic_category().message(error);
    return ::gai_strerror(failure);
}

} // namespace

host_names::host_names(look_up by) : table_(std::make_shared<host_name_table>(std::move(by))) {}

host_names::~host_names() {
    const std::lock_guard lock(table_->guard);
    table_->queue.clear();
    table_->entries.clear();
}

host_names::found host_names::by_getaddrinfo(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    errno = 0;
    const int failure = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    if (failure != 0)
        return {nullptr, text_of(failure, errno)};
    std::vector<ip::address> addresses;
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next)
        if (const auto one = address_of(*at); one && addresses.size() < kept_name::most_addresses)
            addresses.push_back(*one);
    ::freeaddrinfo(list);
    if (addresses.empty())
        return {nullptr, "the name has no address"};
    return {std::make_shared<const std::vector<ip::address>>(std::move(addresses)), ""};
}

kept_name::reply host_names::ask(const std::string& host, time_point now, duration waits_for,
                                 std::function<void()> then, waiter& waits) {
    waits = {};
    const std::lock_guard lock(table_->guard);
    auto at = table_->entries.find(host);
    if (at == table_->entries.end()) {
        if (!make_room(*table_)) {
            kept_name::reply none;
            none.kind = kept_name::reply::kinds::failed;
            none.error = "too many names are looked up at once";
            return none;
        }
        at = table_->entries.try_emplace(host).first;
    }
    entry& one = at->second;
    one.asked = now;
    kept_name::reply answer = one.name.ask(now, waits_for);
    if (answer.kind == kept_name::reply::kinds::wait) {
        waits.table_ = table_;
        waits.host_ = host;
        waits.number_ = ++table_->last_number;
        one.waiters.emplace(waits.number_, std::move(then));
    }
    if (answer.begins) {
        table_->queue.push_back(host);
        start_threads(table_);
    }
    return answer;
}

host_names::waiter& host_names::waiter::operator=(waiter&& other) noexcept {
    leave();
    table_ = std::move(other.table_);
    host_ = std::move(other.host_);
    number_ = other.number_;
    return *this;
}

void host_names::waiter::leave() {
    const auto table = table_.lock();
    table_.reset();
    if (table == nullptr)
        return;
    std::function<void()> dropped; // outside of the lock: it may hold the last of something
    const std::lock_guard lock(table->guard);
    const auto at = table->entries.find(host_);
    if (at == table->entries.end())
        return;
    const auto mine = at->second.waiters.find(number_);
    if (mine == at->second.waiters.end())
        return;
    dropped = std::move(mine->second);
    at->second.waiters.erase(mine);
}

} // namespace pulsegate
