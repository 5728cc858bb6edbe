// The first sessions in an order, out of many: keeps no more of them than a page and what comes
// before it. Each worker fills one, then they are merged. Pure; owner: whoever fills it.
#pragma once

#include "admin/connection_row.hpp"
#include "admin/connections_query.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace pulsegate {

class connection_ranking {
public:
    explicit connection_ranking(connections_query query) : query_(std::move(query)) {}

    /// Takes a session into account if it fits the filter.
    void add(const session_facts& facts, unsigned worker);

    /// Takes over what another ranking by the same query has found.
    void merge(connection_ranking&& other);

    /// How many sessions fitted.
    [[nodiscard]] std::size_t total() const { return total_; }

    /// The page that was asked for, in order. Takes it out of *this.
    [[nodiscard]] std::vector<connection_row> take_page();

private:
    struct ranked {
        double rank; // the highest comes first
        connection_row row;
    };

    /// Of equal ranks the smaller id comes first, so that pages do not overlap.
    [[nodiscard]] static bool is_before(const ranked& a, const ranked& b);
    [[nodiscard]] bool has_room() const { return kept_.size() < query_.offset + query_.limit; }

    connections_query query_;
    std::size_t total_ = 0;
    std::vector<ranked> kept_; // a heap, whose top is the last in order
};

} // namespace pulsegate
