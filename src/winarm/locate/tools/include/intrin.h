/* What Microsoft's <intrin.h> declares for ARM64, and clang's, for MinGW, does not. */
#ifndef WINARM_INTRIN_H
#define WINARM_INTRIN_H
#include_next <intrin.h>
#include <arm64intr.h>
#endif
