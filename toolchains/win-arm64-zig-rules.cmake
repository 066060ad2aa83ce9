# How zig's tools are called, after CMake has set up the rules of a MinGW toolchain.

include("${CMAKE_CURRENT_LIST_DIR}/win-arm64-mingw-names.cmake")

foreach(language C CXX ASM)
  foreach(rule ARCHIVE_CREATE ARCHIVE_APPEND CREATE_SHARED_MODULE CREATE_SHARED_LIBRARY
               LINK_EXECUTABLE)
    string(REPLACE "<CMAKE_AR> q" "<CMAKE_AR> ar q"
      CMAKE_${language}_${rule} "${CMAKE_${language}_${rule}}")
    if(NOT CMAKE_${language}_${rule})
      unset(CMAKE_${language}_${rule})
    endif()
  endforeach()
  # `ar` writes the index at once.
  set(CMAKE_${language}_ARCHIVE_FINISH "")
  # Otherwise zig leaves an import library beside the module.
  if(NOT "${CMAKE_${language}_CREATE_SHARED_MODULE}" MATCHES "^$|out-implib")
    string(REPLACE "-o <TARGET>" "-o <TARGET> -Wl,--out-implib,<OBJECT_DIR>/import.lib"
      CMAKE_${language}_CREATE_SHARED_MODULE "${CMAKE_${language}_CREATE_SHARED_MODULE}")
  endif()
  if(NOT "${CMAKE_${language}_CREATE_SHARED_LIBRARY}" MATCHES "^$|zig-exports")
    string(REPLACE "-o <TARGET> " "-o <TARGET> \"${CMAKE_CURRENT_LIST_DIR}/win-arm64-zig-exports.c\" "
      CMAKE_${language}_CREATE_SHARED_LIBRARY "${CMAKE_${language}_CREATE_SHARED_LIBRARY}")
  endif()
  # Link-time optimisation lacks functions of the C library (zig 0.16 and 0.17).
  set(CMAKE_${language}_COMPILE_OPTIONS_IPO "")
endforeach()
