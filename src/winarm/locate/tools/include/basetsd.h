/* POINTER_32 is Microsoft's name for what makes a pointer of 4 bytes. */
#ifndef WINARM_BASETSD_H
#define WINARM_BASETSD_H
#include <_mingw.h>
#include_next <basetsd.h>
#undef POINTER_32
#undef POINTER_64
#define POINTER_32 __ptr32
#define POINTER_64 __ptr64
#endif
