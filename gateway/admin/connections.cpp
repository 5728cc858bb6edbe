#include "admin/connections.hpp"

#include "admin/connection_ranking.hpp"
#include "admin/json_answer.hpp"
#include "admin/session_survey.hpp"
#include "admin/snapshots.hpp"
#include "base/log.hpp"
#include "base/quoted.hpp"
#include "base/random.hpp"
#include "net/session.hpp"

#include <boost/json/array.hpp>

#include <numeric>

namespace pulsegate {
namespace {

namespace json = boost::json;

admin_answer no_such_connection(std::string_view id) {
    return admin_error(404, "there is no connection " + quoted(id),
                       "it may have ended; GET /connections lists those that live");
}

/// The moment at which something was asked, for a worker that answers it now. Workers come to it at
/// different times; ages that were told from different moments could not be compared.
moment moment_of(time_point asked, moment now) {
    return {asked, now.observed - (now.real - asked)};
}

json::object page_to_json(connection_ranking found, const connections_query& query,
                          double asked_seconds) {
    json::array rows;
    for (const connection_row& each : found.take_page())
        rows.push_back(each.to_json());
    json::object shown{{"time", asked_seconds},
                       {"total", found.total()},
                       {"offset", query.offset},
                       {"limit", query.limit}};
    shown["connections"] = std::move(rows);
    return shown;
}

} // namespace

void connections::list(const admin_request& request, const admin_reply& reply) const {
    auto read = read_connections_query(request, of_.counted_paths);
    if (auto* const wrong = std::get_if<admin_answer>(&read))
        return reply(std::move(*wrong));
    const auto query = std::get<connections_query>(std::move(read));
    survey_sessions<connection_ranking>(
        of_, connection_ranking(query),
        [asked = clock::now()](connection_ranking& best, const session& one, unsigned worker,
                               moment now) {
            best.add(one.describe(moment_of(asked, now)), worker);
            return true;
        },
        [query, reply, asked_seconds = unix_seconds()](std::vector<connection_ranking> parts) {
            connection_ranking all(query);
            for (connection_ranking& each : parts)
                all.merge(std::move(each));
            reply(json_answer(page_to_json(std::move(all), query, asked_seconds)));
        });
}

void connections::show(const admin_request& request, const admin_reply& reply) const {
    const auto id = read_connection_id(request.argument);
    if (!id)
        return reply(no_such_connection(request.argument));
    using part = std::shared_ptr<const connection_row>;
    survey_sessions<part>(
        of_, nullptr,
        [id = *id](part& found, const session& one, unsigned worker, moment now) {
            if (one.id() == id)
                found = std::make_shared<const connection_row>(one.describe(now), worker);
            return found == nullptr;
        },
        [reply, name = request.argument](const std::vector<part>& parts) {
            for (const part& each : parts)
                if (each != nullptr)
                    return reply(json_answer(each->to_json()));
            reply(no_such_connection(name));
        });
}

void connections::close_some(const admin_request& request, const admin_reply& reply) const {
    auto read = read_closing_order(request, of_.counted_paths);
    if (auto* const wrong = std::get_if<admin_answer>(&read))
        return reply(std::move(*wrong));
    survey_sessions<std::size_t>(
        of_, 0,
        [order = std::get<closing_order>(read)](std::size_t& closed, session& one, unsigned,
                                                moment now) {
            if (order.filter.fits(one.describe(now))) {
                const bool has_window = order.window > duration::zero();
                const duration wait = has_window ? random_phase(order.window) : duration::zero();
                closed += one.dismiss(wait, now) ? 1 : 0;
            }
            return true;
        },
        [reply](const std::vector<std::size_t>& parts) {
            const std::size_t closed = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
            log::write(log::level::info, "closed by administrator", {{"connections", closed}});
            reply(json_answer(json::object{{"closed", closed}}));
        });
}

void connections::close_one(const admin_request& request, const admin_reply& reply) const {
    const auto id = read_connection_id(request.argument);
    if (!id)
        return reply(no_such_connection(request.argument));
    struct part {
        bool is_found = false;
        bool is_closed = false;
    };
    survey_sessions<part>(
        of_, {},
        [id = *id](part& found, session& one, unsigned, moment now) {
            if (one.id() == id)
                found = {true, one.dismiss(duration::zero(), now)};
            return !found.is_found;
        },
        [reply, name = request.argument](const std::vector<part>& parts) {
            for (const part& each : parts)
                if (each.is_closed)
                    return reply(json_answer(json::object{{"closed", 1}}));
            reply(no_such_connection(name));
        });
}

} // namespace pulsegate
