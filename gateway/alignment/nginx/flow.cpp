#include "alignment/nginx/flow.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pulsegate {
namespace {

constexpr std::size_t most_ends = 128;
constexpr std::size_t most_steps = 512;
constexpr std::size_t most_redirects = 10; // as Nginx itself

const nginx_directive* child(const nginx_directive& block, std::string_view name) {
    const auto found =
        std::find_if(block.children.begin(), block.children.end(),
                     [&](const nginx_directive& each) { return each.name() == name; });
    return found == block.children.end() ? nullptr : &*found;
}

/// Directives other than `proxy_pass` that answer requests.
bool is_other_handler(std::string_view name) {
    constexpr std::array<std::string_view, 11> names{
        "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass",     "memcached_pass", "empty_gif",
        "stub_status",  "js_content", "perl",      "postgres_pass", "redis_pass"};
    return std::find(names.begin(), names.end(), name) != names.end() ||
           name.starts_with("content_by_lua");
}

/// True if all clients are refused here.
bool denies_all(const nginx_place& place) {
    for (const nginx_level* around = &place.level; around != nullptr; around = around->outer())
        for (const nginx_directive* const each : around->simple()) {
            if (each->name() == "satisfy")
                return false; // a password may do instead
            if (each->name() == "deny")
                return each->argument(0) == "all";
            if (each->name() == "allow")
                return false;
        }
    return false;
}

/// The `limit_except` of a location that applies to GET; null if there is none.
const nginx_place* limited(const nginx_place& place) {
    for (const auto& each : place.inner) {
        const nginx_directive& block = each->block();
        if (block.name() != "limit_except")
            continue;
        for (std::size_t i = 0; i < block.arguments(); ++i)
            if (block.argument(i) == "GET")
                return nullptr;
        return each.get();
    }
    return nullptr;
}

std::optional<unsigned> status_in(std::string_view text) {
    unsigned status = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    if (error != std::errc{} || stop != text.data() + text.size())
        return std::nullopt;
    return status;
}

/// Where `error_page` leads for a status; empty if nothing says so.
std::string_view error_page(const nginx_place& place, unsigned status) {
    for (const nginx_level* level = &place.level; level != nullptr; level = level->outer()) {
        bool has_any = false;
        for (const nginx_directive* const each : level->simple()) {
            if (each->name() != "error_page")
                continue;
            has_any = true;
            for (std::size_t i = 0; i + 1 < each->arguments(); ++i)
                if (status_in(each->argument(i)) == status)
                    return each->argument(each->arguments() - 1);
        }
        if (has_any)
            break;
    }
    return {};
}

} // namespace

const nginx_directive* pass_of(const nginx_place& place) {
    for (const nginx_place* each = &place; each != nullptr; each = each->outer) {
        for (const nginx_directive& own : each->block().children) {
            if (own.name() == "proxy_pass" && own.arguments() == 1)
                return &own;
            if (is_other_handler(own.name()))
                return nullptr;
        }
        if (!each->level.is_condition())
            return nullptr;
    }
    return nullptr;
}

const nginx_place& owner_of(const nginx_directive& pass, const nginx_place& place) {
    const nginx_place* owner = &place;
    const auto has_it = [&](const nginx_place& each) {
        const auto& children = each.block().children;
        return !children.empty() && &pass >= children.data() &&
               &pass < children.data() + children.size();
    };
    while (!has_it(*owner) && owner->outer != nullptr)
        owner = owner->outer;
    return *owner;
}

std::vector<nginx_end> nginx_flow::follow(nginx_handshake state) {
    ends_.clear();
    steps_ = 0;
    for (nginx_rewritten& way : rewrite(server_, variables_, std::move(state))) {
        if (way.end == nginx_rewritten::ends::answered)
            answer_with(way.status, server_, std::move(way.state), 0);
        else
            choose(std::move(way.state), 0);
    }
    return std::move(ends_);
}

void nginx_flow::end(const nginx_place& place, const nginx_directive* pass, nginx_handshake state) {
    if (ends_.size() < most_ends)
        ends_.push_back({&place, pass, std::move(state)});
}

void nginx_flow::choose(nginx_handshake state, std::size_t redirects) {
    const std::vector<nginx_choice> choices = choose_location(server_, state.uri);
    for (const nginx_choice& each : choices) {
        nginx_handshake chosen = state;
        chosen.is_unsure |= choices.size() > 1;
        enter(each, std::move(chosen), redirects);
    }
}

void nginx_flow::enter(const nginx_choice& choice, nginx_handshake state, std::size_t redirects) {
    if (++steps_ > most_steps || redirects > most_redirects)
        return;
    const nginx_place& place = *choice.place;
    if (choice.is_redirect)
        return end(place, nullptr, std::move(state));
    if (!choice.captures.empty())
        state.captures = choice.captures;
    if (!state.is_internal && child(place.block(), "internal") != nullptr)
        return answer_with(404, place, std::move(state), redirects);
    if (place.outer == nullptr) // no location: the server itself
        return after_rewriting(place, std::move(state), redirects);
    for (nginx_rewritten& way : rewrite(place, variables_, std::move(state)))
        go_on(std::move(way), redirects);
}

void nginx_flow::go_on(nginx_rewritten way, std::size_t redirects) {
    switch (way.end) {
    case nginx_rewritten::ends::answered:
        return answer_with(way.status, *way.place, std::move(way.state), redirects);
    case nginx_rewritten::ends::uri_changed:
        return choose(std::move(way.state), redirects + 1);
    case nginx_rewritten::ends::goes_on:
        return after_rewriting(*way.place, std::move(way.state), redirects);
    }
}

void nginx_flow::after_rewriting(const nginx_place& place, nginx_handshake state,
                                 std::size_t redirects) {
    const nginx_place* const limit = limited(place);
    const nginx_place& in_force = limit != nullptr ? *limit : place;
    if (denies_all(in_force))
        return answer_with(403, in_force, std::move(state), redirects);
    const nginx_directive* const files = child(place.block(), "try_files");
    if (files == nullptr || files->arguments() < 2)
        return handle(in_force, std::move(state), redirects);
    const std::string_view last = files->argument(files->arguments() - 1);
    if (pass_of(in_force) != nullptr) {
        nginx_handshake found = state;
        found.is_unsure = true;
        handle(in_force, std::move(found), redirects);
    }
    if (last.starts_with('='))
        return answer_with(status_in(last.substr(1)).value_or(0), in_force, std::move(state),
                           redirects);
    redirect(last, in_force, std::move(state), redirects);
}

void nginx_flow::redirect(std::string_view to, const nginx_place& from, nginx_handshake state,
                          std::size_t redirects) {
    state.is_internal = true;
    const std::vector<std::string> targets = variables_.values(to, state);
    const bool is_known = targets.size() == 1 && !is_open(targets.front());
    if (is_known && targets.front().starts_with('@')) {
        const nginx_place* const named = find_named_location(server_, targets.front());
        if (named == nullptr)
            return end(from, nullptr, std::move(state));
        return enter({named, {}, false}, std::move(state), redirects + 1);
    }
    state.uri.reset();
    if (is_known)
        state.uri = targets.front().substr(0, targets.front().find('?'));
    choose(std::move(state), redirects + 1);
}

void nginx_flow::answer_with(unsigned status, const nginx_place& from, nginx_handshake state,
                             std::size_t redirects) {
    const std::string_view page = error_page(from, status);
    if (page.starts_with('@') || page.starts_with('/') || page.starts_with('$'))
        return redirect(page, from, std::move(state), redirects);
    end(from, nullptr, std::move(state));
}

void nginx_flow::handle(const nginx_place& place, nginx_handshake state, std::size_t redirects) {
    if (const nginx_directive* const pass = pass_of(place))
        return end(place, pass, std::move(state));
    const nginx_place& settings = place.settings();
    const bool has_handler =
        std::any_of(settings.block().children.begin(), settings.block().children.end(),
                    [](const nginx_directive& each) { return is_other_handler(each.name()); });
    if (has_handler)
        return end(place, nullptr, std::move(state));
    answer_with(404, place, std::move(state), redirects); // a file that is not there
}

} // namespace pulsegate
