# Files are called as Microsoft's compiler calls them: Python code that loads a DLL by its name on
# Windows expects `name.dll`, not MinGW's `libname.dll` (awkward-cpp).

set(CMAKE_SHARED_LIBRARY_PREFIX "")
set(CMAKE_SHARED_MODULE_PREFIX "")
