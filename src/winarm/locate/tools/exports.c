/* Keeps symbols of zig's C runtime out of the export table of a DLL that exports all it has.

   LLD leaves out a MinGW runtime's objects by their file names, and zig's are named otherwise; a
   module that links with such a DLL then has `atexit` twice. */

__asm__(".section .drectve,\"yn\"\n"
        ".ascii \" -exclude-symbols:atexit,_onexit,at_quick_exit,_CRT_INIT,__mingw_module_is_dll\"\n"
        ".ascii \" -exclude-symbols:__unw_getcontext,unw_getcontext\"\n"
        ".ascii \" -exclude-symbols:__libunwind_Registers_arm64_za_disable,__clear_cache \"\n"
        ".text\n");
