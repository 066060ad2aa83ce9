# ARM64 Windows with clang-cl and lld-link against Microsoft's headers and libraries, on any host:
#
#     cmake --toolchain win-arm64-clang-cl.cmake -S . -B build -G Ninja \
#           "-DWINARM_INCLUDE_DIRS=…;…" "-DWINARM_LIBRARY_DIRS=…;…"
#
# WINARM_INCLUDE_DIRS and WINARM_LIBRARY_DIRS are the folders of the sysroot (C and C++ runtime,
# UCRT, Windows SDK; `xwin splat` makes one); without them clang-cl looks for Visual Studio itself.
# WINARM_CC, WINARM_CXX, WINARM_LINK, WINARM_AR and WINARM_RC, lists of a program and its first
# arguments, replace what is on PATH; winarm sets them.

if(NOT WINARM_CC)
  foreach(tool CC:clang-cl LINK:lld-link AR:llvm-lib RC:llvm-rc)
    string(REPLACE ":" ";" tool "${tool}")
    list(GET tool 0 variable)
    list(GET tool 1 name)
    find_program(winarm_${name} "${name}" NO_CMAKE_FIND_ROOT_PATH)
    if(NOT winarm_${name})
      message(FATAL_ERROR "${name} is not on PATH. Install LLVM, which has it.")
    endif()
    set(WINARM_${variable} "${winarm_${name}}")
  endforeach()
  list(APPEND WINARM_CC --target=aarch64-pc-windows-msvc)
  set(WINARM_CXX ${WINARM_CC})
endif()

include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

set(CMAKE_C_COMPILER ${WINARM_CC})
set(CMAKE_CXX_COMPILER ${WINARM_CXX})
# One program may have many names (`zig lld-link`): the rules say the rest of each command line.
foreach(tool LINK:CMAKE_LINKER AR:CMAKE_AR RC:CMAKE_RC_COMPILER)
  string(REPLACE ":" ";" tool "${tool}")
  list(GET tool 0 variable)
  list(GET tool 1 name)
  set(winarm_rest_${name} "${WINARM_${variable}}")
  if(winarm_rest_${name})
    list(POP_FRONT winarm_rest_${name} winarm_program)
    set(${name} "${winarm_program}" CACHE FILEPATH "From winarm's toolchain file")
  endif()
endforeach()
if(NOT WINARM_RC)
  # CMake wants one, and runs it for .rc files only.
  set(CMAKE_RC_COMPILER "${CMAKE_COMMAND}" CACHE FILEPATH "There is none")
endif()
if(winarm_rest_CMAKE_RC_COMPILER)
  string(JOIN " " winarm_rc "<CMAKE_RC_COMPILER>" ${winarm_rest_CMAKE_RC_COMPILER})
  set(CMAKE_RC_COMPILE_OBJECT "${winarm_rc} <DEFINES> <INCLUDES> <FLAGS> /fo <OBJECT> -- <SOURCE>")
endif()
# A helper that only Windows can run.
set(CMAKE_NINJA_CMCLDEPS_RC 0)

set(winarm_includes "")
foreach(folder IN LISTS WINARM_INCLUDE_DIRS)
  string(APPEND winarm_includes " /imsvc \"${folder}\"")
endforeach()
set(winarm_libraries "")
foreach(folder IN LISTS WINARM_LIBRARY_DIRS)
  string(APPEND winarm_libraries " \"/libpath:${folder}\"")
endforeach()
foreach(language C CXX)
  string(JOIN " " CMAKE_${language}_FLAGS_INIT ${WINARM_FLAGS} "${winarm_includes}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-clang-cl-rules.cmake")
endforeach()
# No manifest, which mt.exe would have to merge; the same bytes from the same sources.
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT
    "/MANIFEST:NO" "/INCREMENTAL:NO" "/Brepro" ${WINARM_LINK_FLAGS} "${winarm_libraries}")
endforeach()
