# ARM64 Windows with zig (0.13 or later), from any host:
#
#     cmake --toolchain win-arm64-zig.cmake -S . -B build -G Ninja
#
# zig is looked for in WINARM_ZIG (a variable of CMake's or of the environment), on PATH, and in
# the ziglang package of the Python on PATH. WINARM_ZIG_FLAGS are put before all other arguments.

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
      OUTPUT_VARIABLE winarm_zig
      OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_QUIET)
    if(winarm_zig)
      file(TO_CMAKE_PATH "${winarm_zig}${CMAKE_HOST_EXECUTABLE_SUFFIX}" winarm_zig)
      set(WINARM_ZIG "${winarm_zig}" CACHE FILEPATH "The zig program" FORCE)
    endif()
  endif()
endif()
if(NOT WINARM_ZIG)
  message(FATAL_ERROR
    "There is no zig on PATH and no ziglang package in the Python on PATH. "
    "Install it (python -m pip install ziglang) or name it: -DWINARM_ZIG=/path/to/zig")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WINARM_ZIG WINARM_ZIG_FLAGS)

include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

# zig makes its C and C++ libraries anew for each level of optimisation and for each kind of symbols,
# which takes minutes: so all links are of one kind, CMake's own probes included. Where a project
# says otherwise, its flags come later and win.
set(winarm_zig_flags -target aarch64-windows-gnu -O2 -s ${WINARM_ZIG_FLAGS})
set(CMAKE_C_COMPILER "${WINARM_ZIG}" cc ${winarm_zig_flags})
set(CMAKE_CXX_COMPILER "${WINARM_ZIG}" c++ ${winarm_zig_flags})
set(CMAKE_ASM_COMPILER "${WINARM_ZIG}" cc ${winarm_zig_flags})
# One program with many names: the rules below say which.
set(CMAKE_AR "${WINARM_ZIG}" CACHE FILEPATH "Archiver")
set(CMAKE_RANLIB "${WINARM_ZIG}" CACHE FILEPATH "Indexer of archives")
set(CMAKE_DLLTOOL "${WINARM_ZIG}" CACHE FILEPATH "Maker of import libraries")
set(CMAKE_RC_COMPILER "${WINARM_ZIG}")
set(CMAKE_RC_COMPILE_OBJECT
  "<CMAKE_RC_COMPILER> rc <DEFINES> <INCLUDES> <FLAGS> /fo <OBJECT> -- <SOURCE>")

# zig takes -O0 for a debug build and adds checks that need a runtime library of its own.
foreach(language C CXX ASM)
  set(CMAKE_${language}_FLAGS_INIT "-fno-sanitize=undefined ${WINARM_C_FLAGS}")
  set(CMAKE_USER_MAKE_RULES_OVERRIDE_${language}
    "${CMAKE_CURRENT_LIST_DIR}/win-arm64-zig-rules.cmake")
endforeach()
# Link-time optimisation lacks functions of the C library there (zig 0.16 and 0.17).
set(CMAKE_C_COMPILE_OPTIONS_IPO "")
set(CMAKE_CXX_COMPILE_OPTIONS_IPO "")
# Also after a build type's own -g: symbols are of no use without the .pdb, which no wheel carries.
foreach(kind EXE SHARED MODULE)
  set(CMAKE_${kind}_LINKER_FLAGS_INIT "-O2 -s")
endforeach()
