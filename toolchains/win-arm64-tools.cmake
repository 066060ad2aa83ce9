# One-word programs called aarch64-w64-mingw32-NAME in the folder WINARM_TOOLS, which read GNU's
# command lines. What is named on CMake's command line (-DCMAKE_RC_COMPILER=…) stays.

foreach(tool C_COMPILER:clang CXX_COMPILER:clang++ ASM_COMPILER:clang RC_COMPILER:windres AR:ar
             RANLIB:ranlib NM:nm OBJDUMP:objdump STRIP:strip DLLTOOL:dlltool LINKER:ld)
  string(REPLACE ":" ";" tool "${tool}")
  list(GET tool 0 variable)
  list(GET tool 1 name)
  if(NOT DEFINED CMAKE_${variable})
    set(winarm_program
      "${WINARM_TOOLS}/aarch64-w64-mingw32-${name}${CMAKE_HOST_EXECUTABLE_SUFFIX}")
    if(variable MATCHES "_COMPILER$")
      set(CMAKE_${variable} "${winarm_program}")
    else()
      set(CMAKE_${variable} "${winarm_program}" CACHE FILEPATH "From winarm's toolchain file")
    endif()
  endif()
endforeach()

foreach(language C CXX ASM)
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "${winarm_flags}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-mingw-names.cmake")
endforeach()
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT "${winarm_link_flags}")
endforeach()
# Link-time optimisation lacks functions of the C library (zig 0.16 and 0.17).
set(CMAKE_C_COMPILE_OPTIONS_IPO "")
set(CMAKE_CXX_COMPILE_OPTIONS_IPO "")
