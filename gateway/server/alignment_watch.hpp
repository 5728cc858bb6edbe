// The alignment of a running gateway: its margins for /metrics, kept true when the proxies' files
// change. A change never stops the gateway. Owner: the control thread.
#pragma once

#include "alignment/alignment.hpp"
#include "metrics/snapshot.hpp"
#include "server/file_watch.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace pulsegate {

class alignment_watch {
public:
    /// \param loaded  a configuration without errors.
    /// \param now     its alignment, as start-up found it.
    /// \param on_change  runs on the control thread when the files have been read again.
    alignment_watch(asio::io_context& control, std::shared_ptr<const load_result> loaded,
                    alignment now, std::function<void()> on_change);

    [[nodiscard]] const alignment& now() const { return now_; }
    [[nodiscard]] const load_result& loaded() const { return *loaded_; }

    /// Goes on with another configuration, as a reload found it.
    void replace(std::shared_ptr<const load_result> loaded, alignment now);

    void add_to(snapshot& shown) const;

    void stop() { watch_.stop(); }

private:
    void read_again();
    void watch_files();

    std::shared_ptr<const load_result> loaded_;
    disk_files files_;
    alignment now_;
    std::function<void()> on_change_;
    file_watch watch_;
};

} // namespace pulsegate
