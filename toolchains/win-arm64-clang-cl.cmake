# ARM64 Windows with clang-cl and lld-link against Microsoft's headers and libraries, on any host:
#
#     cmake --toolchain win-arm64-clang-cl.cmake -S . -B build -G Ninja \
#           "-DWINARM_INCLUDE_DIRS=…;…" "-DWINARM_LIBRARY_DIRS=…;…"
#
# WINARM_INCLUDE_DIRS and WINARM_LIBRARY_DIRS are the folders of the sysroot (C and C++ runtime,
# UCRT, Windows SDK; `xwin splat` makes one); without them clang-cl and lld-link read INCLUDE and LIB,
# which `winarm env` prints, or look for Visual Studio themselves. LLVM's programs are looked for on
# PATH, with Debian's versions in their names, too.
#
# WINARM_CC, WINARM_CXX, WINARM_LINK, WINARM_AR and WINARM_RC, lists of a program and its first
# arguments, replace what is on PATH; winarm sets them.

if(NOT WINARM_CC)
  # Debian's programs have the version in their names.
  set(winarm_versions "")
  foreach(version RANGE 30 16 -1)
    list(APPEND winarm_versions "-${version}")
  endforeach()
  foreach(tool clang-cl clang lld-link llvm-lib llvm-rc)
    list(TRANSFORM winarm_versions PREPEND "${tool}" OUTPUT_VARIABLE winarm_names)
    find_program(winarm_${tool} NAMES "${tool}" ${winarm_names} NO_CMAKE_FIND_ROOT_PATH)
    # Any clang is clang-cl under that name, and CMake asks it without any options which it is.
    if(tool STREQUAL "clang" AND winarm_clang AND NOT winarm_clang-cl)
      set(winarm_link "${CMAKE_BINARY_DIR}/CMakeFiles/clang-cl${CMAKE_HOST_EXECUTABLE_SUFFIX}")
      file(CREATE_LINK "${winarm_clang}" "${winarm_link}" SYMBOLIC)
      set(winarm_clang-cl "${winarm_link}")
    endif()
    if(NOT winarm_${tool} AND NOT tool MATCHES "^clang")
      message(FATAL_ERROR "${tool} is not on PATH. Install LLVM 16 or newer, which has it.")
    endif()
  endforeach()
  if(NOT winarm_clang-cl)
    message(FATAL_ERROR "clang-cl is not on PATH. Install LLVM 16 or newer, which has it.")
  endif()
  set(WINARM_CC "${winarm_clang-cl}" --target=aarch64-pc-windows-msvc)
  set(WINARM_CXX ${WINARM_CC})
  set(WINARM_LINK "${winarm_lld-link}")
  set(WINARM_AR "${winarm_llvm-lib}")
  set(WINARM_RC "${winarm_llvm-rc}")
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
  winarm_text(winarm_rc winarm_rest_CMAKE_RC_COMPILER)
  set(CMAKE_RC_COMPILE_OBJECT
    "<CMAKE_RC_COMPILER>${winarm_rc} <DEFINES> <INCLUDES> <FLAGS> /fo <OBJECT> -- <SOURCE>")
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
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "${winarm_flags}" "${winarm_includes}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-clang-cl-rules.cmake")
endforeach()
# No manifest, which mt.exe would have to merge; the same bytes from the same sources.
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT
    "/MANIFEST:NO" "/INCREMENTAL:NO" "/Brepro" "${winarm_link_flags}" "${winarm_libraries}")
endforeach()
