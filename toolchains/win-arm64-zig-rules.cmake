# How zig's tools are called, after CMake has set up the rules of a MinGW toolchain.

foreach(language C CXX ASM)
  foreach(rule ARCHIVE_CREATE ARCHIVE_APPEND CREATE_SHARED_MODULE CREATE_SHARED_LIBRARY
               LINK_EXECUTABLE)
    if(DEFINED CMAKE_${language}_${rule})
      string(REPLACE "<CMAKE_AR> q" "<CMAKE_AR> ar q"
        CMAKE_${language}_${rule} "${CMAKE_${language}_${rule}}")
      # zig's own archiver reads no response file of Windows' length, and needs none elsewhere.
      string(REPLACE "<CMAKE_AR> ar ar " "<CMAKE_AR> ar "
        CMAKE_${language}_${rule} "${CMAKE_${language}_${rule}}")
    endif()
  endforeach()
  # `ar` writes the index at once.
  set(CMAKE_${language}_ARCHIVE_FINISH "")
  # Otherwise zig leaves an import library beside the module.
  if(DEFINED CMAKE_${language}_CREATE_SHARED_MODULE
     AND NOT CMAKE_${language}_CREATE_SHARED_MODULE MATCHES "out-implib")
    string(REPLACE "-o <TARGET>" "-o <TARGET> -Wl,--out-implib,<OBJECT_DIR>/import.lib"
      CMAKE_${language}_CREATE_SHARED_MODULE "${CMAKE_${language}_CREATE_SHARED_MODULE}")
  endif()
endforeach()
