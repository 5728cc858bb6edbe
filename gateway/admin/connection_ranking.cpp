#include "admin/connection_ranking.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace pulsegate {

bool connection_ranking::is_before(const ranked& a, const ranked& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.row.id() < b.row.id();
}

void connection_ranking::add(const session_facts& facts, unsigned worker) {
    if (!query_.filter.fits(facts))
        return;
    ++total_;
    // Those without the figure come last, whatever the order.
    const double nothing = -std::numeric_limits<double>::infinity();
    const auto figure = figure_of(facts, query_.sort);
    const double rank = !figure ? nothing : query_.is_descending ? *figure : -*figure;
    if (!has_room()) {
        const ranked& last = kept_.front();
        if (rank < last.rank || (rank == last.rank && facts.id > last.row.id()))
            return;
        std::pop_heap(kept_.begin(), kept_.end(), is_before);
        kept_.pop_back();
    }
    kept_.push_back({rank, connection_row(facts, worker)});
    std::push_heap(kept_.begin(), kept_.end(), is_before);
}

void connection_ranking::merge(connection_ranking&& other) {
    total_ += other.total_;
    std::move(other.kept_.begin(), other.kept_.end(), std::back_inserter(kept_));
    const std::size_t wanted = query_.offset + query_.limit;
    if (kept_.size() > wanted) {
        std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(wanted),
                         kept_.end(), is_before);
        kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(wanted), kept_.end());
    }
    std::make_heap(kept_.begin(), kept_.end(), is_before);
}

std::vector<connection_row> connection_ranking::take_page() {
    std::vector<connection_row> page;
    if (kept_.size() <= query_.offset)
        return page;
    const auto first = kept_.begin() + static_cast<std::ptrdiff_t>(query_.offset);
    std::nth_element(kept_.begin(), first, kept_.end(), is_before);
    std::sort(first, kept_.end(), is_before);
    for (auto at = first; at != kept_.end(); ++at)
        page.push_back(std::move(at->row));
    kept_.clear();
    return page;
}

} // namespace pulsegate
