/* What MinGW's macros do not allow: `static __forceinline` of C, and pointers of 32 bits. */
#ifndef WINARM_MINGW_H
#define WINARM_MINGW_H
#include_next <_mingw.h>
/* Keywords, with which a pointer has 4 bytes; MinGW leaves them out. */
#undef __ptr32
#undef __ptr64
#if __is_identifier(__ptr32) /* Without Microsoft's extensions they are none. */
#define __ptr32
#define __ptr64
#elif __clang_major__ < 20
#define __ptr32 _Pragma("GCC error \"clang makes pointers of 32 bits since 20: zig 0.15 or newer\"")
#endif
#ifndef __cplusplus
#undef __forceinline
/* Without Microsoft's extensions it is no keyword of clang's. */
#if __is_identifier(__forceinline)
#define __forceinline extern __inline__ __attribute__((__always_inline__, __gnu_inline__))
#endif
#endif
#endif
