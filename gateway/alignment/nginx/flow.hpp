// The way of a handshake through a server of Nginx, up to the directive that handles it. Pure.
#pragma once

#include "alignment/nginx/rewriting.hpp"

#include <cstddef>
#include <vector>

namespace pulsegate {

struct nginx_end {
    const nginx_place* place;    // the location, `if` or `limit_except` whose settings apply
    const nginx_directive* pass; // its `proxy_pass`; null: it ends otherwise
    nginx_handshake state;
};

/// All ends that a handshake may come to; more than one where the request or the files of that
/// machine decide. Bounded: what is past 128 ends, 512 steps or ten internal redirects is left out.
///
/// Files that `try_files` looks for are taken to be absent; what it would find makes an end unsure.
class nginx_flow {
public:
    /// Lifetime: `server` and `variables` outlive *this.
    nginx_flow(const nginx_place& server, const nginx_variables& variables)
        : server_(server), variables_(variables) {}

    [[nodiscard]] std::vector<nginx_end> follow(nginx_handshake state);

private:
    void enter(const nginx_choice& choice, nginx_handshake state, std::size_t redirects);
    void choose(nginx_handshake state, std::size_t redirects);
    void go_on(nginx_rewritten way, std::size_t redirects);
    void after_rewriting(const nginx_place& place, nginx_handshake state, std::size_t redirects);
    void redirect(std::string_view to, const nginx_place& from, nginx_handshake state,
                  std::size_t redirects);
    void answer_with(unsigned status, const nginx_place& from, nginx_handshake state,
                     std::size_t redirects);
    void handle(const nginx_place& place, nginx_handshake state, std::size_t redirects);
    void end(const nginx_place& place, const nginx_directive* pass, nginx_handshake state);

    const nginx_place& server_;
    const nginx_variables& variables_;
    std::vector<nginx_end> ends_;
    std::size_t steps_ = 0;
};

/// The `proxy_pass` that handles requests at a place; null if something else does.
[[nodiscard]] const nginx_directive* pass_of(const nginx_place& place);

/// The place that has this `proxy_pass`, from where it was found outwards: an `if` may use that of
/// its location.
[[nodiscard]] const nginx_place& owner_of(const nginx_directive& pass, const nginx_place& place);

} // namespace pulsegate
