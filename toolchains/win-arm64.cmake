# What every toolchain file here has in common: the machine, and where CMake may look.
#
# Included by the toolchain files beside it; see docs/cmake.md.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ARM64)
set(CMAKE_SYSTEM_VERSION 10.0)

# CMake compiles its probes without optimisation. One configuration for all saves toolchains that
# make their C library for each kind of build, such as zig, from making it twice.
set(CMAKE_TRY_COMPILE_CONFIGURATION Release)

# CMake's probes are projects of their own, which get this file and no variable of the command line
# but these.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES
  WINARM_TOOLS WINARM_ZIG WINARM_CC WINARM_CXX WINARM_AR WINARM_RC WINARM_LINK WINARM_MT
  WINARM_INCLUDE_DIRS WINARM_LIBRARY_DIRS WINARM_PREFIX_PATH WINARM_FIND_ROOT_PATH WINARM_FLAGS WINARM_LINK_FLAGS)
get_property(winarm_probe GLOBAL PROPERTY IN_TRY_COMPILE)

# Sets `variable` to the flags of the lists that are named, as they are in CMAKE_<LANG>_FLAGS: one
# text that the host's shell splits. Paths hold spaces and what else a shell reads.
function(winarm_text variable)
  set(text "")
  foreach(flag IN LISTS ${ARGN})
    if(flag MATCHES "[^A-Za-z0-9_+=./,:@%-]")
      if(CMAKE_HOST_WIN32)
        string(REPLACE "\"" "\\\"" flag "${flag}")
      else()
        string(REGEX REPLACE "([\\\"$`])" "\\\\\\1" flag "${flag}")
      endif()
      set(flag "\"${flag}\"")
    endif()
    string(APPEND text " ${flag}")
  endforeach()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
winarm_text(winarm_flags WINARM_FLAGS)
winarm_text(winarm_link_flags WINARM_LINK_FLAGS)

# What runs the target's programs on the host, as a list of a program and its first arguments.
if(WINARM_EMULATOR AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${WINARM_EMULATOR})
endif()

# Programs are the host's. Headers, libraries and packages are looked for only in folders that
# belong to the build: the system's are the host's. A folder that is inside one of these roots is
# searched as it is.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
list(APPEND CMAKE_FIND_ROOT_PATH
  "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}" ${CMAKE_PREFIX_PATH} ${WINARM_FIND_ROOT_PATH})
list(REMOVE_DUPLICATES CMAKE_FIND_ROOT_PATH)
# Trees of the target's libraries.
list(APPEND CMAKE_PREFIX_PATH ${WINARM_PREFIX_PATH})
list(REMOVE_DUPLICATES CMAKE_PREFIX_PATH)
# CMake adds the root of the host's file system to what it searches in a cross build.
set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH FALSE)
set(CMAKE_FIND_USE_PACKAGE_REGISTRY FALSE)
set(CMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY FALSE)

# FindPython and its kin describe the Python that builds; this makes them describe the target's.
if(WINARM_PYTHON_INCLUDE_DIR AND NOT winarm_probe)
  list(APPEND CMAKE_PROJECT_TOP_LEVEL_INCLUDES "${CMAKE_CURRENT_LIST_DIR}/python.cmake")
  list(REMOVE_DUPLICATES CMAKE_PROJECT_TOP_LEVEL_INCLUDES)
endif()

# Headers for MinGW's that some projects include without need. Probes must not find them, or a
# project would choose its POSIX code.
if(WINARM_MINGW AND NOT winarm_probe)
  foreach(language C CXX)
    set(CMAKE_${language}_STANDARD_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}/mingw")
  endforeach()
endif()
