// The alignment of a running gateway: its margins for /metrics, kept true when the proxies' files
// change. A change never stops the gateway. Owner: the control thread.
//
// Large files take half a second to read, so that is done on a thread of its own, which starts with
// the first change. One reading is under way at a time; a change meanwhile leads to another one.
#pragma once

#include "alignment/alignment.hpp"
#include "metrics/snapshot.hpp"
#include "server/file_watch.hpp"
#include "server/side_thread.hpp"

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

    /// Returns when the thread has ended, after the reading that is under way.
    void stop();

private:
    void read_again();
    void on_read(const load_result& by, alignment next);
    void watch_files();

    // Control thread only.
    asio::io_context& control_;
    std::shared_ptr<const load_result> loaded_;
    alignment now_;
    std::function<void()> on_change_;
    file_watch watch_;
    bool is_reading_ = false;
    bool has_changed_ = false; // while it was reading

    side_thread reader_;
};

} // namespace pulsegate
