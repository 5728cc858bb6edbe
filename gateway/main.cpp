// Arguments -> command -> exit code.
#include "command/commands.hpp"

#include <fcntl.h>

#include <cerrno>

namespace {

/// Whoever starts us may have closed standard input or output: the next file that is opened would
/// take its number, and log lines would be written into that.
void open_standard_descriptors() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
            (void)::open("/dev/null", O_RDWR); // takes the lowest number that is free: this one
}

} // namespace

int main(int argc, char** argv) {
    open_standard_descriptors();
    return pulsegate::run_command(argc, argv);
}
