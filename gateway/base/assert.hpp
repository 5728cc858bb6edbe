// Assertions for bugs: kept in release builds, because a gateway that goes on with broken
// invariants harms every session it holds. Never used for a peer's or a user's mistakes.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PULSEGATE_ASSERT(condition)                                                                \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "pulsegate: bug: %s:%d: %s\n", __FILE__, __LINE__, #condition);   \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
