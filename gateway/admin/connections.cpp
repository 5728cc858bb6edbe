#include "admin/connections.hpp"

#include "admin/connection_ranking.hpp"
#include "admin/json_answer.hpp"
#include "admin/session_survey.hpp"
#include "admin/snapshots.hpp"
#include "base/log.hpp"
#include "base/quoted.hpp"
#include "base/random.hpp"
#include "net/listed.hpp"

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

/// One at a time, and a refusal if too many wait.
template <class Part>
void connections::survey(const admin_reply& reply, Part part,
                         std::function<bool(Part&, listed&, unsigned worker, moment now)> visit,
                         std::function<void(std::vector<Part>)> done) {
    const bool is_taken =
        surveys_.enter([this, part = std::move(part), visit = std::move(visit),
                        done = std::move(done)](const std::function<void()>& finished) {
            survey_sessions<Part>(of_, part, visit, [done, finished](std::vector<Part> parts) {
                done(std::move(parts));
                finished();
            });
        });
    if (!is_taken)
        reply(busy_answer("too many clients ask about sessions already"));
}

/// Of the routes that are counted.
std::vector<std::string> connections::paths() const {
    std::vector<std::string> there_are;
    for (const numbered_route& each : of_.counted.all())
        if (each.number != 0)
            there_are.push_back(each.path);
    return there_are;
}

void connections::list(const admin_request& request, const admin_reply& reply) {
    auto read = read_connections_query(request, paths());
    if (auto* const wrong = std::get_if<admin_answer>(&read))
        return reply(std::move(*wrong));
    const auto query = std::get<connections_query>(std::move(read));
    survey<connection_ranking>(
        reply, connection_ranking(query),
        [asked = clock::now()](connection_ranking& best, const listed& one, unsigned worker,
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

void connections::show(const admin_request& request, const admin_reply& reply) {
    const auto id = read_connection_id(request.argument);
    if (!id)
        return reply(no_such_connection(request.argument));
    using part = std::shared_ptr<const connection_row>;
    survey<part>(
        reply, nullptr,
        [id = *id](part& found, const listed& one, unsigned worker, moment now) {
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

void connections::close_some(const admin_request& request, const admin_reply& reply) {
    auto read = read_closing_order(request, paths());
    if (auto* const wrong = std::get_if<admin_answer>(&read))
        return reply(std::move(*wrong));
    survey<std::size_t>(
        reply, 0,
        [order = std::get<closing_order>(read)](std::size_t& closed, listed& one, unsigned,
                                                moment now) {
            if (order.filter.fits(one.describe(now))) {
                closed += one.dismiss(random_phase(order.window), now) ? 1 : 0;
            }
            return true;
        },
        [reply](const std::vector<std::size_t>& parts) {
            const std::size_t closed = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
            log::write(log::level::info, "closed by administrator", {{"connections", closed}});
            reply(json_answer(json::object{{"closed", closed}}));
        });
}

void connections::close_one(const admin_request& request, const admin_reply& reply) {
    const auto id = read_connection_id(request.argument);
    if (!id)
        return reply(no_such_connection(request.argument));
    struct part {
        bool is_found = false;
        bool is_closed = false;
    };
    survey<part>(
        reply, {},
        [id = *id](part& found, listed& one, unsigned, moment now) {
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
