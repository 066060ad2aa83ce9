/* Stands in for vswhere.exe, which cannot be had without Visual Studio: prints the file that lies
   beside it, `vswhere.json`, as it is. No C library, so that it links with kernel32 alone. */

typedef void *HANDLE;
typedef unsigned long DWORD;

__declspec(dllimport) HANDLE __stdcall CreateFileA(const char *, DWORD, DWORD, void *, DWORD,
                                                   DWORD, HANDLE);
__declspec(dllimport) DWORD __stdcall GetModuleFileNameA(HANDLE, char *, DWORD);
__declspec(dllimport) HANDLE __stdcall GetStdHandle(DWORD);
__declspec(dllimport) int __stdcall ReadFile(HANDLE, void *, DWORD, DWORD *, void *);
__declspec(dllimport) int __stdcall WriteFile(HANDLE, const void *, DWORD, DWORD *, void *);
__declspec(dllimport) void __stdcall ExitProcess(unsigned);

static char path[1024], buffer[4096];

void start(void)
{
    DWORD length = GetModuleFileNameA(0, path, sizeof path - 2);
    DWORD got = 0, put = 0;
    HANDLE file, out = GetStdHandle((DWORD)-11);

    path[length - 3] = 'j';
    path[length - 2] = 's';
    path[length - 1] = 'o';
    path[length] = 'n';
    path[length + 1] = 0;
    file = CreateFileA(path, 0x80000000u, 1, 0, 3, 0, 0);
    if (file == (HANDLE)-1)
        ExitProcess(1);
    while (ReadFile(file, buffer, sizeof buffer, &got, 0) && got)
        WriteFile(out, buffer, got, &put, 0);
    ExitProcess(0);
}
