# ARM64 Windows with llvm-mingw, from any host:
#
#     cmake --toolchain win-arm64-llvm-mingw.cmake -S . -B build -G Ninja
#
# aarch64-w64-mingw32-clang is looked for in LLVM_MINGW_ROOT and on PATH. WINARM_CC, WINARM_CXX,
# WINARM_AR and WINARM_RC, lists of a program and its first arguments, replace that; winarm sets
# them.

if(NOT WINARM_CC)
  foreach(tool CC:clang CXX:clang++ AR:ar RC:windres)
    string(REPLACE ":" ";" tool "${tool}")
    list(GET tool 0 variable)
    list(GET tool 1 name)
    find_program(winarm_${name} "aarch64-w64-mingw32-${name}"
      HINTS ENV LLVM_MINGW_ROOT PATH_SUFFIXES bin NO_CMAKE_FIND_ROOT_PATH)
    if(NOT winarm_${name})
      message(FATAL_ERROR
        "aarch64-w64-mingw32-${name} is neither in LLVM_MINGW_ROOT nor on PATH. "
        "Unpack a release of llvm-mingw and put its bin folder on PATH.")
    endif()
    set(WINARM_${variable} "${winarm_${name}}")
  endforeach()
endif()

set(WINARM_MINGW TRUE)
include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

set(CMAKE_C_COMPILER ${WINARM_CC})
set(CMAKE_CXX_COMPILER ${WINARM_CXX})
set(CMAKE_ASM_COMPILER ${WINARM_CC})
set(CMAKE_AR ${WINARM_AR} CACHE FILEPATH "Archiver")
if(WINARM_RC AND NOT DEFINED CMAKE_RC_COMPILER)
  set(CMAKE_RC_COMPILER ${WINARM_RC})
endif()

foreach(language C CXX ASM)
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "${winarm_flags}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-mingw-names.cmake")
endforeach()
# libc++ and libunwind are in no Python's folder (llvm-mingw#500). Symbols are of no use without the
# .pdb, which no wheel carries.
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT "-s" "-static" "${winarm_link_flags}")
endforeach()
