// Arguments -> command -> exit code.
#include "command/commands.hpp"

int main(int argc, char** argv) {
    return pulsegate::run_command(argc, argv);
}
