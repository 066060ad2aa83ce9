"""Code that gcc or MSVC takes with a warning at most, and clang alone for an error."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from winarm.locate.toolchain import MICROSOFT

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.locate.toolchain import Toolchain

pytestmark = pytest.mark.integration

C = """\
#include <stddef.h>
struct a; struct b;
static count;
int narrower(int n) { int *p = 5; char *c = &n; void **v = &c; if (n) return; return later(c); }
void same(struct a *a, struct b *b) { a = b; (void)a; }
"""

CXX = """\
#include <algorithm>
#include <functional>
#include <inttypes.h>
#include <memory>
#include <stdio.h>
#include <vector>
#define MEMBER(p, name) p->##name
#define NAME "x"
struct point { unsigned char x; float y; point(int = 0); };
struct pair { unsigned char x; float y; };
struct less : std::binary_function<int, int, bool> {
  bool operator()(int a, int b) const { return a < b; }
  template <class T> void take(T) {}
};
int total(int n) throw(int) { register int s = n; if (!n) throw 1; return s; }
bool next(bool b) { b++; return b; }
pair made(int x, double y) { pair p = {x, y}; return p; }
int chosen(int x) { switch (x) { case 0x80000000u: return 1; } return 0; }
int shown(int64_t v) { return printf("a"NAME"%"PRId64"\\n", v); }
constexpr int never() { return puts("x"); }
int member(point *p) { return MEMBER(p, x); }
int used(point *);
int temporary() { return used(&point(1)); }
template <class T> void taken(T t) { t.template take(3); }
template void taken<less>(less);
int owned(std::vector<int> &v) {
  std::auto_ptr<int> p(new int(3));
  std::random_shuffle(v.begin(), v.end());
  std::transform(v.begin(), v.end(), v.begin(), std::ptr_fun(total));
  return *p + (int)std::count_if(v.begin(), v.end(), std::bind2nd(less(), 3));
}
"""

#: The function of C++98 to 14 is a class now.
CXX23 = """\
#include <expected>
std::expected<int, int> found(int n) { if (n) return n; return std::unexpected(1); }
"""


@pytest.mark.parametrize(
    ("name", "code", "standard"),
    [
        ("x.c", C, []),
        ("x.cpp", CXX, []),
        ("x.cpp", CXX, ["-std=c++20"]),
        ("x.cpp", CXX23, ["-std=c++23"]),
    ],
)
def test_what_others_only_warn_of_compiles(
    zig: Toolchain, tmp_path: Path, name: str, code: str, standard: list[str]
) -> None:
    (tmp_path / name).write_text(code)
    program = zig.cxx if name == "x.cpp" else zig.cc
    command = [*program, *MICROSOFT, *zig.tolerant_flags, *standard, "-c", name, "-o", "x.o"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    # CMake and Meson take such words for the answer to what they ask.
    assert "unknown" not in done.stderr
    assert set(zig.tolerant_flags) <= set(zig.compile_flags)
