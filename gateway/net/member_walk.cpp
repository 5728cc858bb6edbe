#include "net/member_walk.hpp"

#include <memory>

namespace pulsegate {
namespace {

/// A place in the list of members that stays valid whoever comes and goes.
class bookmark final : public worker_member {
public:
    // worker_member
    void on_due() override {}
    void on_drain(time_point) override {}
    void on_reload() override {}
    void on_shutdown() override {}
};

class walk : public std::enable_shared_from_this<walk> {
public:
    walk(worker_context& context, std::function<bool(worker_member&, moment)> visit,
         std::function<void()> done)
        : context_(context), visit_(std::move(visit)), done_(std::move(done)) {
        context_.members.push_front(next_);
        context_.members.push_back(end_);
    }

    void go_on() {
        const moment now = context_.now();
        do {
            const auto here = worker_member_list::s_iterator_to(next_);
            worker_member& member = *std::next(here);
            if (&member == &end_)
                return done_();
            // Past it before the visit: the member may be gone afterwards.
            context_.members.splice(std::next(here, 2), context_.members, here);
            if (!visit_(member, now))
                return done_();
        } while (clock::now() - now.real < walk_slice);
        context_.walks.take_turn([self = shared_from_this()] { self->go_on(); });
    }

private:
    worker_context& context_;
    const std::function<bool(worker_member&, moment)> visit_;
    const std::function<void()> done_;
    bookmark next_; // before the member that is next
    bookmark end_;
};

} // namespace

void walk_members(worker_context& context, std::function<bool(worker_member&, moment)> visit,
                  std::function<void()> done) {
    const auto begun = std::make_shared<walk>(context, std::move(visit), std::move(done));
    context.walks.take_turn([begun] { begun->go_on(); });
}

} // namespace pulsegate
