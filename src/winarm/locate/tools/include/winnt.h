/* MinGW's <winnt.h> declares some functions before it defines them inline, for its own macro. */
#ifndef WINARM_WINNT_H
#define WINARM_WINNT_H
#include <_mingw.h>
#ifndef __cplusplus
#pragma push_macro("__forceinline")
#undef __forceinline
#define __forceinline extern __inline__ __attribute__((__always_inline__, __gnu_inline__))
#endif
#include_next <winnt.h>
#ifndef __cplusplus
#pragma pop_macro("__forceinline")
#endif
#endif
