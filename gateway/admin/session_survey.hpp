// Asks every session and every event stream of every worker something, and brings together what was
// found, without keeping a worker or the control thread busy for long.
#pragma once

#include "admin/gateway_view.hpp"
#include "net/listed.hpp"
#include "net/member_walk.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace pulsegate {

/// \tparam Part  what is found on one worker; copied at first, and moved between threads.
/// \param visit  runs on each worker's thread with its own part, its number and the time; may
///               destroy the session. False: nothing more is wanted from this worker.
/// \param done   runs on the control thread, once, when all workers have answered; never if one of
///               them does not.
/// Thread: the control thread.
template <class Part>
void survey_sessions(const gateway_view& of, const Part& part,
                     std::function<bool(Part&, listed&, unsigned worker, moment now)> visit,
                     std::function<void(std::vector<Part>)> done) {
    struct survey {
        std::vector<Part> parts; // each touched by its worker, then by the control thread
        std::size_t unanswered;
        std::function<bool(Part&, listed&, unsigned, moment)> visit;
        std::function<void(std::vector<Part>)> done;
    };
    const std::size_t count = of.workers.size();
    const auto shared = std::make_shared<survey>(
        survey{std::vector<Part>(count, part), count, std::move(visit), std::move(done)});
    const auto on_answer = [shared] {
        if (--shared->unanswered == 0)
            shared->done(std::move(shared->parts));
    };
    for (unsigned i = 0; i < count; ++i) {
        of.workers[i]->post([&control = of.control, shared, on_answer, i](worker_context& context) {
            walk_members(
                context,
                [shared, i](worker_member& member, moment now) {
                    listed* const one = member.as_listed();
                    return one == nullptr || shared->visit(shared->parts[i], *one, i, now);
                },
                [&control, on_answer] { asio::post(control, on_answer); });
        });
    }
}

} // namespace pulsegate
