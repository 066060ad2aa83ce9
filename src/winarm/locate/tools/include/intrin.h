/* What Microsoft's <intrin.h> declares for ARM64, and clang's, for MinGW, does not. */
#ifndef WINARM_INTRIN_H
#define WINARM_INTRIN_H
#include_next <intrin.h>
#include <arm64intr.h>
/* MinGW's have the names of functions for x86 instead. */
#undef _rotl64
#undef _rotr64
#endif
