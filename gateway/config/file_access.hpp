// Users, groups and files of a machine, as far as they decide who may connect to a Unix socket.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// A user as the kernel judges it: numbers of passwd(5) and group(5).
struct user_identity {
    unsigned user = 0;
    std::vector<unsigned> groups; // its own first
};

/// Whom a file or directory belongs to, and its permission bits.
struct file_access {
    unsigned owner = 0;
    unsigned group = 0;
    unsigned mode = 0;
};

enum class file_use : unsigned {
    enter = 01, // of a directory: use what is in it
    write = 02, // of a socket: connect to it; unix(7)
};

/// path_resolution(7), "Permissions": the first of owner, group and others that fits decides. Root
/// may always.
[[nodiscard]] bool may_use(const user_identity& who, const file_access& what, file_use how);

/// A machine. Without functions nobody and nothing is known.
struct machine_users {
    /// \param group  in place of the user's own; "" for that. Nothing if there is no such user.
    std::function<std::optional<user_identity>(const std::string& user, const std::string& group)>
        find_user = {};
    std::function<std::optional<unsigned>(const std::string& group)> find_group = {};
    std::function<std::optional<file_access>(const std::string& path)> access_of = {};
    user_identity self = {};    // who asks
    std::string own_group = {}; // its name
};

/// This machine and this user, now.
[[nodiscard]] machine_users users_of_this_machine();

} // namespace pulsegate
