#include "server/listening.hpp"

#include "base/log.hpp"
#include "net/listen/handover.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>

namespace pulsegate {
namespace {

void expect_all_wanted(const configuration& config, const listening_means& means) {
    for (const inherited_socket& each : means.inherited) {
        const bool is_listener =
            std::any_of(config.listeners.begin(), config.listeners.end(),
                        [&](const listener_settings& one) { return one.address == each.address; });
        if (!is_listener && each.address != socket_address{config.admin.address})
            throw std::runtime_error("the service manager passes a socket on " +
                                     to_string(each.address) +
                                     ", which is no address of `listeners`; change the one or the "
                                     "other");
    }
}

} // namespace

void raise_open_files(std::uint64_t connections) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    constexpr std::uint64_t own_files = 64; // listeners, event loops, the admin listener, the log
    if (files.rlim_max / 2 < connections + own_files / 2)
        log::write(log::level::warning, "open files limit connections",
                   {{"limits.connections", connections},
                    {"open_files", std::uint64_t{files.rlim_max}},
                    {"help", "raise LimitNOFILE or ulimit -n, or lower limits.connections"}});
}

listening::listening(const configuration& config, const listening_means& means,
                     std::span<const std::unique_ptr<worker>> workers) {
    expect_all_wanted(config, means);
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        listening_socket first(workers.front()->context().io, config.listeners[i].address, means,
                               config.listeners[i].file);
        addresses_.push_back(first.address());
        std::vector<int>& descriptors = descriptors_.emplace_back();
        const auto give = [&](worker& to, stream_acceptor acceptor) {
            descriptors.push_back(acceptor.native_handle());
            to.listen(std::move(acceptor), i, first.is_inherited());
        };
        for (const auto& other : workers.subspan(1))
            give(*other, first.again(other->context().io));
        is_inherited_ = is_inherited_ && first.is_inherited();
        files_.push_back(first.take_file());
        give(*workers.front(), first.take());
    }
}

bool listening::hand_over() const {
    bool has_heir = std::any_of(files_.begin(), files_.end(),
                                [](const auto& file) { return file.is_replaced(); });
    for (const std::vector<int>& own : descriptors_) {
        const std::size_t others = count_other_listeners(own);
        has_heir = has_heir || others > 0;
        (void)steer_to_others(own, others); // else the kernel goes on to spread connections
    }
    return has_heir;
}

void listening::on_settings(const configuration& now) const {
    for (std::size_t i = 0; i < files_.size() && i < now.listeners.size(); ++i) {
        const std::string fault = files_[i].permit(now.listeners[i].file);
        if (!fault.empty())
            log::write(log::level::error, "cannot change who may connect",
                       {{"address", to_string(addresses_[i])}, {"error", fault}});
    }
}

} // namespace pulsegate
