"""CMake toolchain files and Meson cross files, usable with and without winarm."""
