/* `static __forceinline` of C, which MinGW's macro of that name does not allow. */
#ifndef WINARM_MINGW_H
#define WINARM_MINGW_H
#include_next <_mingw.h>
#ifndef __cplusplus
#undef __forceinline
/* Without Microsoft's extensions it is no keyword of clang's. */
#if __is_identifier(__forceinline)
#define __forceinline extern __inline__ __attribute__((__always_inline__, __gnu_inline__))
#endif
#endif
#endif
