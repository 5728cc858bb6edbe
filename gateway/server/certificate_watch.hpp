// Notices that files of certificates and keys change, so that renewed ones are in use without a
// reload. Owner: the control thread.
#pragma once

#include "config/configuration.hpp"
#include "server/file_watch.hpp"

#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace pulsegate {

/// Every file of TLS that a configuration names, each once.
[[nodiscard]] std::vector<std::string> tls_files_of(const configuration& values);

class certificate_watch {
public:
    /// \param on_change  runs on the control thread when the content of one of the files may be
    ///                   another one, once they have been left alone for a moment.
    certificate_watch(asio::io_context& control, std::function<void()> on_change);

    /// Watches the files of this configuration, as they are now, in place of those before.
    void watch(const configuration& values);

    void stop() { watch_.stop(); }

private:
    // What differs if a file was written, replaced, or made readable: device, inode, size, time of
    // the last change. All 0: no file.
    using mark = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::time_t, long>;

    void look();

    std::function<void()> on_change_;
    std::map<std::string, mark> known_; // by path
    file_watch watch_;
};

} // namespace pulsegate
