# ARM64 Windows with a Visual Studio generator, which finds its compiler itself:
#
#     cmake --toolchain win-arm64-visual-studio.cmake -S . -B build -G "Visual Studio 17 2022" -A ARM64
#
# -A ARM64 alone leaves CMAKE_SYSTEM_PROCESSOR at the host's AMD64 and CMAKE_CROSSCOMPILING off, so
# that projects choose x86 code paths and run what they built.

include("${CMAKE_CURRENT_LIST_DIR}/win-arm64.cmake")

foreach(language C CXX)
  string(JOIN " " CMAKE_${language}_FLAGS_INIT "/DWIN32" "/D_WINDOWS" "${winarm_flags}")
endforeach()
foreach(kind EXE SHARED MODULE)
  string(JOIN " " CMAKE_${kind}_LINKER_FLAGS_INIT "${winarm_link_flags}")
endforeach()
