// A question that is asked once for all who want to know at that time: who asks while an answer is
// being made gets the next one. Owner: the control thread.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace pulsegate {

template <class Answer>
class shared_question {
public:
    using receiver = std::function<void(Answer)>;

    /// \param ask  calls its argument once, later; not at once.
    explicit shared_question(std::function<void(receiver)> ask) : ask_(std::move(ask)) {}
    shared_question(const shared_question&) = delete;
    shared_question& operator=(const shared_question&) = delete;

    /// Each who asks is told once; the list is as long as the number of those who can ask.
    void ask(receiver to) {
        waiting_.push_back(std::move(to));
        if (!is_asked_)
            ask_now();
    }

private:
    void ask_now() {
        is_asked_ = true;
        ask_([this, all = std::exchange(waiting_, {})](const Answer& found) {
            is_asked_ = false;
            if (!waiting_.empty())
                ask_now();
            for (const receiver& each : all)
                each(found);
        });
    }

    const std::function<void(receiver)> ask_;
    std::vector<receiver> waiting_; // for the next answer
    bool is_asked_ = false;
};

} // namespace pulsegate
