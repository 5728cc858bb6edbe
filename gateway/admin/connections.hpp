// The sessions of a gateway, for those who operate it: listing them, and closing some. Owner: the
// control thread.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "admin/gateway_view.hpp"
#include "admin/survey_queue.hpp"

#include <functional>
#include <string>
#include <vector>

namespace pulsegate {

class connections {
public:
    /// \param of  outlives *this and every answer.
    explicit connections(const gateway_view& of) : of_(of) {}

    /// GET /connections.
    void list(const admin_request& request, const admin_reply& reply);

    /// GET /connections/ID.
    void show(const admin_request& request, const admin_reply& reply);

    /// DELETE /connections.
    void close_some(const admin_request& request, const admin_reply& reply);

    /// DELETE /connections/ID.
    void close_one(const admin_request& request, const admin_reply& reply);

private:
    template <class Part>
    void survey(const admin_reply& reply, Part part,
                std::function<bool(Part&, listed&, unsigned worker, moment now)> visit,
                std::function<void(std::vector<Part>)> done);
    [[nodiscard]] std::vector<std::string> paths() const;

    const gateway_view& of_;
    survey_queue surveys_;
};

} // namespace pulsegate
