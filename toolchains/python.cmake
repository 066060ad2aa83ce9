# Makes FindPython, FindPython3, FindPythonInterp, FindPythonLibs and pybind11's FindPythonLibsNew
# describe the target's Python, where they would describe the one that builds.
#
# A dependency provider (CMake 3.24). Expects, in the toolchain file or on the command line:
#
#     WINARM_PYTHON_EXECUTABLE      the Python that builds, of the target's version
#     WINARM_PYTHON_INCLUDE_DIR     the target's Python.h and pyconfig.h
#     WINARM_PYTHON_LIBRARY         the target's python313.lib
#     WINARM_PYTHON_SABI_LIBRARY    the target's python3.lib
#     WINARM_PYTHON_SOABI           cp313-win_arm64
#     WINARM_NUMPY_INCLUDE_DIR      the target's NumPy headers, where there are any

include_guard(GLOBAL)

set(winarm_python_depth 0)

macro(winarm_provide method package)
  if("${package}" MATCHES "^(Python|Python3|PythonInterp|PythonLibs|PythonLibsNew)$")
    # CMP0190 forbids an interpreter in a cross build without an emulator. This one runs here, is
    # of the right version, and all that is the target's is given.
    if(winarm_python_depth EQUAL 0)
      set(winarm_crosscompiling "${CMAKE_CROSSCOMPILING}")
      set(CMAKE_CROSSCOMPILING FALSE)
    endif()
    math(EXPR winarm_python_depth "${winarm_python_depth} + 1")
    winarm_hint("${package}" ${ARGN})
    find_package(${package} ${ARGN} BYPASS_PROVIDER)
    winarm_correct("${package}")
    math(EXPR winarm_python_depth "${winarm_python_depth} - 1")
    if(winarm_python_depth EQUAL 0)
      set(CMAKE_CROSSCOMPILING "${winarm_crosscompiling}")
    endif()
  endif()
endmacro()

# What the modules take as found. Each reads the library's version, so one that was not asked for
# is not named: FindPython of CMake 4.4 takes 3.13 from python313.lib, 3 from python3.lib, and then
# rejects the latter.
macro(winarm_hint package)
  if("${package}" MATCHES "^Python3?$")
    winarm_set("${package}_EXECUTABLE" "${WINARM_PYTHON_EXECUTABLE}")
    winarm_set("${package}_INCLUDE_DIR" "${WINARM_PYTHON_INCLUDE_DIR}")
    winarm_set("${package}_NumPy_INCLUDE_DIR" "${WINARM_NUMPY_INCLUDE_DIR}")
    set(winarm_components "${ARGN}")
    if("${winarm_components}" MATCHES "Development(;|$|[.]Module|[.]Embed)")
      winarm_set("${package}_LIBRARY" "${WINARM_PYTHON_LIBRARY}")
    else()
      winarm_set("${package}_LIBRARY" "")
    endif()
    if("${winarm_components}" MATCHES "Development[.]SABIModule")
      winarm_set("${package}_SABI_LIBRARY" "${WINARM_PYTHON_SABI_LIBRARY}")
    else()
      winarm_set("${package}_SABI_LIBRARY" "")
    endif()
  else()
    set(PYTHON_EXECUTABLE "${WINARM_PYTHON_EXECUTABLE}" CACHE FILEPATH "The Python that builds")
    set(PYTHON_INCLUDE_DIR "${WINARM_PYTHON_INCLUDE_DIR}" CACHE PATH "The target's" FORCE)
    set(PYTHON_LIBRARY "${WINARM_PYTHON_LIBRARY}" CACHE FILEPATH "The target's" FORCE)
  endif()
endmacro()

# Over whatever a build backend, or a host that leaks, has put into the cache.
macro(winarm_set name value)
  unset(${name} CACHE)
  if(NOT "${value}" STREQUAL "")
    set(${name} "${value}" CACHE FILEPATH "The target's, from winarm" FORCE)
  endif()
  unset(${name})
endmacro()

# What the modules make up of the Python that builds.
macro(winarm_correct package)
  if("${package}" MATCHES "^Python3?$")
    if(${package}_FOUND)
      set(${package}_SOABI "${WINARM_PYTHON_SOABI}")
      # The stable ABI's suffix on Windows is .pyd alone.
      set(${package}_SOSABI "")
      # -ldl and the like, with which the Python that builds was linked.
      foreach(winarm_name Module SABIModule Python)
        if(TARGET ${package}::${winarm_name})
          set_property(TARGET ${package}::${winarm_name} PROPERTY INTERFACE_LINK_LIBRARIES "")
        endif()
      endforeach()
    endif()
  elseif(NOT "${package}" STREQUAL "PythonInterp")
    set(PYTHON_INCLUDE_DIRS "${WINARM_PYTHON_INCLUDE_DIR}")
    set(PYTHON_LIBRARIES "${WINARM_PYTHON_LIBRARY}")
    set(PYTHON_MODULE_EXTENSION ".${WINARM_PYTHON_SOABI}.pyd")
  endif()
endmacro()

# pybind11 asks the Python that builds unless these are there.
set(PYTHON_IS_DEBUG 0 CACHE INTERNAL "")
set(PYTHON_MODULE_EXTENSION ".${WINARM_PYTHON_SOABI}.pyd" CACHE INTERNAL "")
set(PYTHON_MODULE_DEBUG_POSTFIX "" CACHE INTERNAL "")
# nanobind knows SOABI by two dashes, and Windows' has one.
set(NB_SUFFIX ".${WINARM_PYTHON_SOABI}.pyd" CACHE INTERNAL "")
set(NB_SUFFIX_S ".pyd" CACHE INTERNAL "")

cmake_language(SET_DEPENDENCY_PROVIDER winarm_provide SUPPORTED_METHODS FIND_PACKAGE)
