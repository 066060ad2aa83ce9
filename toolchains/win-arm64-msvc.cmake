# ARM64 Windows with MSVC and Ninja, on a Windows host:
#
#     cmake --toolchain win-arm64-msvc.cmake -S . -B build -G Ninja
#
# In a developer prompt for ARM64 (vcvarsall amd64_arm64) nothing need be said. WINARM_CC,
# WINARM_CXX, WINARM_LINK, WINARM_AR and WINARM_RC, programs with their folders, replace what is on
# PATH; winarm sets them, and INCLUDE and LIB in the environment.

include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

foreach(tool CC:CMAKE_C_COMPILER:cl CXX:CMAKE_CXX_COMPILER:cl LINK:CMAKE_LINKER:link
             AR:CMAKE_AR:lib RC:CMAKE_RC_COMPILER:rc MT:CMAKE_MT:mt)
  string(REPLACE ":" ";" tool "${tool}")
  list(GET tool 0 variable)
  list(GET tool 1 name)
  list(GET tool 2 program)
  if(WINARM_${variable})
    set(${name} ${WINARM_${variable}} CACHE FILEPATH "From winarm's toolchain file")
  elseif(name MATCHES "_COMPILER$")
    set(${name} ${program})
  endif()
endforeach()

foreach(language C CXX)
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "/DWIN32" "/D_WINDOWS" "${winarm_flags}")
endforeach()
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT
    "/machine:ARM64" "/INCREMENTAL:NO" "/Brepro" "${winarm_link_flags}")
endforeach()
