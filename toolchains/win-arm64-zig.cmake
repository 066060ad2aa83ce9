# ARM64 Windows with zig (0.14 or later, except 0.15.1), from any host:
#
#     cmake --toolchain win-arm64-zig.cmake -S . -B build -G Ninja
#
# zig is looked for in WINARM_ZIG (a variable of CMake's or of the environment), on PATH, in the
# ziglang package of the Python on PATH, and in winarm's cache. WINARM_CC and WINARM_CXX, lists of a program and its
# first arguments, replace all that; winarm sets them.

#
# WINARM_TOOLS, a folder of one-word programs (aarch64-w64-mingw32-clang and so on), replaces zig's
# own names; winarm makes and sets it.

if(NOT WINARM_TOOLS AND NOT WINARM_CC)
  if(NOT WINARM_ZIG AND DEFINED ENV{WINARM_ZIG})
    set(WINARM_ZIG "$ENV{WINARM_ZIG}")
  endif()
  if(NOT WINARM_ZIG)
    find_program(WINARM_ZIG zig NO_CMAKE_FIND_ROOT_PATH)
  endif()
  if(NOT WINARM_ZIG)
    find_program(WINARM_HOST_PYTHON NAMES python3 python NO_CMAKE_FIND_ROOT_PATH)
    if(WINARM_HOST_PYTHON)
      execute_process(
        COMMAND "${WINARM_HOST_PYTHON}" -c
                "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))"
        OUTPUT_VARIABLE winarm_found
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET)
      if(winarm_found)
        file(TO_CMAKE_PATH "${winarm_found}${CMAKE_HOST_EXECUTABLE_SUFFIX}" winarm_found)
        set(WINARM_ZIG "${winarm_found}" CACHE FILEPATH "The zig program" FORCE)
      endif()
    endif()
  endif()
  if(NOT WINARM_ZIG)
    # What `winarm build` has fetched for this kind of machine; the newest.
    string(TOLOWER "${CMAKE_HOST_SYSTEM_NAME}-${CMAKE_HOST_SYSTEM_PROCESSOR}" winarm_host)
    string(REPLACE "darwin-" "macos-" winarm_host "${winarm_host}")
    set(winarm_zig "tools/ziglang-*-${winarm_host}/ziglang/zig")
    if(CMAKE_HOST_WIN32)
      string(APPEND winarm_zig ".exe")
    endif()
    foreach(winarm_cache "$ENV{WINARM_CACHE_DIR}" "$ENV{XDG_CACHE_HOME}/winarm"
            "$ENV{HOME}/.cache/winarm" "$ENV{HOME}/Library/Caches/winarm"
            "$ENV{LOCALAPPDATA}/winarm/winarm/Cache")
      file(TO_CMAKE_PATH "${winarm_cache}" winarm_cache)
      file(GLOB winarm_found "${winarm_cache}/${winarm_zig}")
      if(winarm_found AND NOT WINARM_ZIG)
        list(SORT winarm_found COMPARE NATURAL ORDER DESCENDING)
        list(GET winarm_found 0 winarm_found)
        set(WINARM_ZIG "${winarm_found}" CACHE FILEPATH "The zig program" FORCE)
      endif()
    endforeach()
  endif()
  if(NOT WINARM_ZIG)
    message(FATAL_ERROR
      "There is no zig on PATH, in the Python on PATH, or in winarm's cache. Install it "
      "(python -m pip install ziglang) or name it: -DWINARM_ZIG=/path/to/zig")
  endif()
  set(WINARM_CC "${WINARM_ZIG}" cc -target aarch64-windows-gnu)
  set(WINARM_CXX "${WINARM_ZIG}" c++ -target aarch64-windows-gnu)
endif()

if(WINARM_TOOLS)
  set(WINARM_MINGW TRUE)
  include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")
  include("${CMAKE_CURRENT_LIST_DIR}/win-arm64-tools.cmake")
  return()
endif()

set(winarm_zig "${WINARM_ZIG}")
if(NOT winarm_zig)
  list(GET WINARM_CC 0 winarm_zig)
endif()

set(WINARM_MINGW TRUE)
include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

# zig makes its C and C++ libraries anew for each level of optimisation and for each kind of
# symbols, which takes minutes: so all links are of one kind, CMake's own probes included. Where a
# project says otherwise, its flags come later and win.
set(CMAKE_C_COMPILER ${WINARM_CC} -O2 -s)
set(CMAKE_CXX_COMPILER ${WINARM_CXX} -O2 -s)
set(CMAKE_ASM_COMPILER ${WINARM_CC} -O2 -s)
# One program with many names: the rules below say which.
set(CMAKE_AR "${winarm_zig}" CACHE FILEPATH "Archiver")
set(CMAKE_RANLIB "${winarm_zig}" CACHE FILEPATH "Indexer of archives")
set(CMAKE_DLLTOOL "${winarm_zig}" CACHE FILEPATH "Maker of import libraries")
# What the command line names (-DCMAKE_RC_COMPILER=…) stays.
if(NOT CMAKE_RC_COMPILER OR CMAKE_RC_COMPILER STREQUAL winarm_zig)
  set(CMAKE_RC_COMPILER "${winarm_zig}")
  set(CMAKE_RC_COMPILE_OBJECT
    "<CMAKE_RC_COMPILER> rc <DEFINES> <INCLUDES> <FLAGS> /fo <OBJECT> -- <SOURCE>")
endif()

foreach(language C CXX ASM)
  # zig adds checks to what is not optimised, which need a runtime library.
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "-fno-sanitize=undefined" "${winarm_flags}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-zig-rules.cmake")
endforeach()
# Also after a build type's own -g: symbols are of no use without the .pdb, which no wheel carries.
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT "-O2" "-s" "${winarm_link_flags}")
endforeach()
