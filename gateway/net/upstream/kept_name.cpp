#include "net/upstream/kept_name.hpp"

#include "base/assert.hpp"

#include <utility>

namespace pulsegate {

kept_name::reply kept_name::ask(time_point now, duration waits_for) {
    reply answer;
    const duration age = now - found_at_;
    if (addresses_ != nullptr && age < fresh) {
        answer.kind = reply::kinds::found;
        answer.addresses = addresses_;
        return answer;
    }
    const bool may_begin = !has_failed() || now - failed_at_ >= pause;
    if (!is_looking_ && may_begin) {
        answer.begins = is_looking_ = true;
        looking_since_ = now;
    }
    answer.has_older = addresses_ != nullptr && age < longest;
    if (answer.has_older && (has_failed() || now - looking_since_ >= waits_for)) {
        answer.kind = reply::kinds::found;
        answer.addresses = addresses_;
    } else if (!is_looking_) {
        answer.kind = reply::kinds::failed;
        answer.error = error_;
    }
    return answer;
}

void kept_name::on_found(host_addresses addresses, time_point now) {
    PULSEGATE_ASSERT(addresses != nullptr && !addresses->empty());
    addresses_ = std::move(addresses);
    found_at_ = now;
    error_.clear();
    is_looking_ = false;
}

void kept_name::on_failed(std::string error, time_point now) {
    PULSEGATE_ASSERT(!error.empty());
    error_ = std::move(error);
    failed_at_ = now;
    is_looking_ = false;
}

} // namespace pulsegate
