/* Functions that a compiler's own library has elsewhere, and zig's has not for Windows. */

typedef unsigned long long size;

__declspec(dllimport) void *GetCurrentProcess(void);
__declspec(dllimport) int FlushInstructionCache(void *process, const void *begin, size count);

/* What __builtin___clear_cache calls: libffi, and whoever else writes code. */
void __clear_cache(void *begin, void *end) {
  FlushInstructionCache(GetCurrentProcess(), begin, (size)((char *)end - (char *)begin));
}
