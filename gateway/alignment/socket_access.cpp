#include "alignment/socket_access.hpp"

#include "alignment/codes.hpp"
#include "alignment/rules/wording.hpp"
#include "base/quoted.hpp"

#include <set>

namespace pulsegate {
namespace {

/// What a proxy does with a listener that is a Unix socket.
struct connecting {
    const proxy_user& user;
    const user_identity& who;
    std::size_t listener;
    span from; // the line that leads there
};

/// The directories of a path, the outermost first.
std::vector<std::string> directories_of(const std::string& path) {
    std::vector<std::string> out;
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        out.push_back(path.substr(0, at));
    return out;
}

class access_rule {
public:
    access_rule(const load_result& loaded, const machine_users& machine,
                std::vector<diagnostic>& out)
        : loaded_(loaded), machine_(machine), out_(out) {}

    void check(const connecting& to) {
        const listener_settings& listener = loaded_.values.listeners[to.listener];
        const std::string& path = std::get<unix_address>(listener.address).path;
        for (const std::string& directory : directories_of(path)) {
            const auto access = machine_.access_of(directory);
            if (access && !may_use(to.who, *access, file_use::enter))
                return report(to, path, "may not enter " + quoted(directory),
                              "`chmod o+x " + directory +
                                  "`, or put the socket into another "
                                  "directory");
        }
        const auto access = access_of(path, listener.file);
        if (access && !may_use(to.who, *access, file_use::write))
            report(to, path, "is neither the socket's user nor one of those whom its mode lets in",
                   cure(to, listener.file));
    }

private:
    /// Nothing if it is not known: root asks, and not the user that will run the gateway.
    [[nodiscard]] std::optional<file_access> access_of(const std::string& path,
                                                       const socket_file_settings& wanted) const {
        const auto there = machine_.access_of(path);
        constexpr unsigned usual = 0755; // umask 022
        file_access out =
            there ? *there
                  : file_access{machine_.self.user,
                                machine_.self.groups.empty() ? 0 : machine_.self.groups.front(),
                                usual};
        if (wanted.mode)
            out.mode = *wanted.mode;
        if (!wanted.group.empty()) {
            const auto group = machine_.find_group(wanted.group);
            if (!group)
                return std::nullopt;
            out.group = *group;
        } else if (!there && machine_.self.user == 0 && (out.mode & 020) != 0) {
            return std::nullopt;
        }
        return out;
    }

    [[nodiscard]] std::string cure(const connecting& to, const socket_file_settings& set) const {
        const bool knows_own = machine_.self.user != 0 && !machine_.own_group.empty();
        const std::string group = !set.group.empty() ? set.group
                                  : knows_own        ? machine_.own_group
                                                     : "pulsegate";
        const bool lets_group = set.mode && (*set.mode & 020) != 0;
        return (lets_group ? "" : "write `mode: 0660` for this listener, and ") +
               std::string("add that user to the socket's group with `usermod -aG ") + group + ' ' +
               to.user.name + "`, then restart the proxy";
    }

    void report(const connecting& to, const std::string& path, const std::string& why,
                std::string help) {
        diagnostic what{hop_code::socket_denied,
                        quoted(to.user.name) + " may not connect to " + quoted("unix:" + path),
                        {to.user.where, "the proxy's user " + why},
                        {{to.from, "leads to that socket"}},
                        std::move(help)};
        point_at_listener(what, loaded_, to.listener, "mode");
        out_.push_back(std::move(what));
    }

    const load_result& loaded_;
    const machine_users& machine_;
    std::vector<diagnostic>& out_;
};

/// Calls `found(listener, line)` for each way to a Unix socket, once for each socket.
template <class Passages, class Found>
void each_socket(const Passages& passages, const configuration& values, Found found) {
    std::set<std::size_t> seen;
    for (const auto& each : passages)
        if (each.listener &&
            std::holds_alternative<unix_address>(values.listeners[*each.listener].address) &&
            seen.insert(*each.listener).second)
            found(*each.listener, each);
}

} // namespace

std::vector<diagnostic> check_socket_access(const load_result& loaded, const chain& proxies,
                                            const machine_users& machine) {
    std::vector<diagnostic> out;
    if (!machine.find_user || !machine.find_group || !machine.access_of)
        return out;
    access_rule rule(loaded, machine, out);
    const auto check = [&](const std::optional<proxy_user>& user, std::size_t listener,
                           const span& from) {
        const auto who = user ? machine.find_user(user->name, user->group) : std::nullopt;
        if (who)
            rule.check({*user, *who, listener, from});
    };
    for (const chain_hop& each : proxies.hops) {
        if (const auto* const nginx = std::get_if<nginx_reading>(&each.reading))
            each_socket(nginx->passages, loaded.values,
                        [&](std::size_t listener, const nginx_passage& passage) {
                            check(nginx->process.user, listener, passage.proxy_pass);
                        });
        else if (const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading))
            each_socket(haproxy->passages, loaded.values,
                        [&](std::size_t listener, const haproxy_passage& passage) {
                            check(haproxy->user, listener, passage.server);
                        });
    }
    return out;
}

} // namespace pulsegate
