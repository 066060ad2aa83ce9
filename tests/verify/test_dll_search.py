"""Where Windows finds the DLLs of a wheel, and where not."""

# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.verdicts import (
    HELPER,
    IN_LIBS,
    LIBRARY_WHEEL,
    PYD,
    Verdict,
    bad,
    code,
    good,
    judged,
    needing,
)

if TYPE_CHECKING:
    from pathlib import Path

ADDING = (
    b"import os\ndef add():\n"
    b"    os.add_dll_directory(os.path.join(os.path.dirname(__file__), '..', 'pkg.libs'))\n"
)

#: Adds the folder of IN_LIBS.
ADD = "add_dll_directory(os.path.join(os.path.dirname(__file__), '..', 'pkg.libs'))"

#: How files begin that add or load something of their own folder.
HEAD = "import ctypes, glob, os\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"


#: A program and a DLL that import a DLL.
PROGRAM = im.image(dll=False, imports={"helper.dll": ["f"]})
LACKING = im.image(exports=["f"], imports={"helper.dll": ["f"]})


def in_folder(text: str) -> dict[str, bytes]:
    """Return a wheel whose module's DLL is in a folder below it, and whose __init__ is `text`."""
    return {
        PYD: needing("helper.dll"),
        "pkg/lib/helper.dll": HELPER,
        **loaded(f"{text}\nfrom . import _x"),
    }


def loaded(text: str) -> dict[str, bytes]:
    """Return a wheel with a DLL, and whose __init__ is `text`."""
    return {"pkg/core.dll": HELPER, "pkg/__init__.py": f"{HEAD}{text}\n".encode()}


def _files(modules: dict[str, str]) -> dict[str, bytes]:
    return {f"pkg/{name}.py": text.encode() for name, text in modules.items()}


CASES = (
    good(
        "add ok",
        code(
            "import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
        ),
    ),
    bad(
        "add other folder",
        code("import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'lib'))"),
    ),
    bad("docstring", code('"""os.add_dll_directory(pkg.libs)"""')),
    bad("string", code('x = "os.add_dll_directory"')),
    bad("hasattr only", code('import os\nif hasattr(os, "add_dll_directory"):\n    pass')),
    bad(
        "if False",
        code(
            "import os\nif False:\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
        ),
    ),
    bad(
        "linux branch",
        code(
            "import os,sys\nif sys.platform=='linux':\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
        ),
    ),
    good(
        "pathlib",
        code(
            "import os\nfrom pathlib import Path\nos.add_dll_directory(str(Path(__file__).resolve().parent.parent / 'pkg.libs'))"
        ),
    ),
    good(
        "ctypes load",
        code(
            "import os,ctypes\nctypes.CDLL(os.path.join(os.path.dirname(os.path.dirname(__file__)),'pkg.libs','helper.dll'))"
        ),
    ),
    bad(
        "ctypes other",
        code(
            "import os,ctypes\nctypes.CDLL(os.path.join(os.path.dirname(os.path.dirname(__file__)),'pkg.libs','other.dll'))"
        ),
    ),
    bad("windll kernel32 call", code("import ctypes\nctypes.WinDLL('kernel32')")),
    bad(
        "find_library",
        code("import ctypes,ctypes.util\nctypes.CDLL(ctypes.util.find_library('c'))"),
    ),
    good(
        "glob load",
        code(
            "import os,ctypes,glob\nfor p in glob.glob(os.path.join(os.path.dirname(__file__),'..','pkg.libs','*.dll')):\n    ctypes.WinDLL(p)"
        ),
    ),
    bad(
        "test module only",
        {
            **IN_LIBS,
            "pkg/tests/test_x.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','..','pkg.libs'))",
        },
    ),
    bad(
        "tests/__init__",
        {**IN_LIBS, "tests/__init__.py": b"import os\nos.add_dll_directory('pkg.libs')"},
    ),
    good(
        "pth",
        {
            **IN_LIBS,
            "pkg.pth": b"import os; os.add_dll_directory(os.path.join(os.path.dirname(__file__), 'pkg.libs'))\n",
        },
    ),
    good(
        "pth2",
        {
            **IN_LIBS,
            "pkg.pth": b"import _pkg_boot\n",
            "_pkg_boot.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__), 'pkg.libs'))\n",
        },
    ),
    good(
        "pth sitedir",
        {
            **IN_LIBS,
            "pkg.pth": b"import os, sys, sysconfig; os.add_dll_directory(os.path.join(sysconfig.get_path('platlib'), 'pkg.libs'))\n",
        },
    ),
    good(
        "loader module",
        {
            **IN_LIBS,
            "pkg/_loader.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))",
            "pkg/__init__.py": b"from . import _loader\nfrom . import _x\n",
        },
    ),
    good("compiled pyc", {**IN_LIBS, "pkg/__init__.pyc": b"\x00" * 16 + b"add_dll_directory"}),
    good(
        "compiled pyd",
        {**IN_LIBS, "pkg/_boot.cp313-win_arm64.pyd": im.module("_boot") + b"add_dll_directory"},
    ),
    good(
        "compiled pyd that sets the folder",
        {**IN_LIBS, "pkg/_boot.cp313-win_arm64.pyd": im.module("_boot") + b"SetDllDirectoryW"},
    ),
    bad(
        "compiled pyd without",
        {**IN_LIBS, "pkg/_boot.cp313-win_arm64.pyd": im.module("_boot")},
    ),
    *(
        good(
            f"after newer syntax: {newer.splitlines()[0]}",
            code(f"import os\n{newer}\nos.{ADD}\nfrom . import _x"),
        )
        for newer in (
            "type X = int",
            "x = f'{y['z']}'",
            "x = t'{y}'",
            "def f[T](x: T) -> T:\n    y = x\n\n    if y:\n        return y\n    return x",
            "?",
        )
    ),
    bad("nothing but newer syntax", code("type X = add_dll_directory")),
    bad("syntax error", code("def (:\n os.add_dll_directory")),
    bad(
        "PATH env",
        code(
            "import os\nos.environ['PATH'] = os.path.join(os.path.dirname(__file__),'..','pkg.libs') + os.pathsep + os.environ['PATH']"
        ),
    ),
    good(
        "data platlib",
        {"pkg-1.0.data/platlib/pkg/helper.dll": HELPER, PYD: needing("helper.dll")},
    ),
    good(
        "module in platlib",
        {"pkg/helper.dll": HELPER, "pkg-1.0.data/platlib/" + PYD: needing("helper.dll")},
    ),
    bad(
        "data purelib other",
        {"pkg-1.0.data/purelib/lib/helper.dll": HELPER, PYD: needing("helper.dll")},
    ),
    bad("headers", {"pkg-1.0.data/headers/helper.dll": HELPER, PYD: needing("helper.dll")}),
    good(
        "sys.prefix add",
        {
            PYD: needing("helper.dll"),
            "pkg-1.0.data/data/Library/bin/helper.dll": HELPER,
            "pkg/__init__.py": b"import os,sys\nos.add_dll_directory(os.path.join(sys.prefix,'Library','bin'))",
        },
    ),
    good(
        "dep of dep in libs",
        {
            PYD: needing("a.dll"),
            "pkg.libs/a.dll": im.image(exports=["f"], imports={"b.dll": ["f"]}),
            "pkg.libs/b.dll": HELPER,
            "pkg/__init__.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))",
        },
    ),
    bad(
        "dep of dep elsewhere",
        {
            PYD: needing("a.dll"),
            "pkg/a.dll": im.image(exports=["f"], imports={"b.dll": ["f"]}),
            "pkg/lib/b.dll": HELPER,
        },
    ),
    good(
        "dep of added dep beside module",
        {
            PYD: needing("a.dll"),
            "pkg/lib/a.dll": im.image(exports=["f"], imports={"b.dll": ["f"]}),
            "pkg/b.dll": HELPER,
            "pkg/__init__.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'lib'))",
        },
    ),
    good(
        "dep of loaded dep beside it",
        {
            PYD: needing("a.dll"),
            "pkg/lib/a.dll": im.image(exports=["f"], imports={"b.dll": ["f"]}),
            "pkg/lib/b.dll": HELPER,
            "pkg/__init__.py": b"import os,ctypes\nctypes.CDLL(os.path.join(os.path.dirname(__file__),'lib','a.dll'))",
        },
    ),
    good("case", {PYD: needing("HELPER.DLL"), "pkg/helper.dll": HELPER}),
    good("case of the folder", {PYD: needing("helper.dll"), "Pkg/helper.dll": HELPER}),
    good(
        "case of the folder in platlib",
        {PYD: needing("helper.dll"), "pkg-1.0.data/platlib/PKG/helper.dll": HELPER},
    ),
    bad("case of another folder", {PYD: needing("helper.dll"), "Pkg/Lib/helper.dll": HELPER}),
    good(
        "case of the folder of what a DLL beside needs",
        {
            PYD: needing("a.dll"),
            "Pkg/a.dll": im.image(exports=["f"], imports={"b.dll": ["f"]}),
            "PKG/b.dll": HELPER,
        },
    ),
    good(
        "case of the folder of the code that adds it",
        {
            **IN_LIBS,
            "Pkg/_dlls.py": f"import os\nos.{ADD}".encode(),
        },
    ),
    bad("child folder", {PYD: needing("helper.dll"), "pkg/lib/helper.dll": HELPER}),
    good(
        "delay far",
        {PYD: im.module(delay_imports={"helper.dll": ["f"]}), "pkg/lib/helper.dll": HELPER},
    ),
    bad(
        "function that nothing calls",
        code(
            "import os\ndef _f():\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
        ),
    ),
    good(
        "function that another file calls",
        {
            **IN_LIBS,
            "pkg/_dlls.py": b"import os\ndef add():\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))",
            "pkg/__init__.py": b"from ._dlls import add\nadd()",
        },
    ),
    *(
        case
        for others in (b"", b"".join(b"def f%d():\n    pass\n" % number for number in range(100)))
        for case in (
            good(
                f"function that another file calls, after {len(others)}",
                {
                    **IN_LIBS,
                    "pkg/_dlls.py": others + ADDING,
                    "pkg/__init__.py": b"_dlls.\xc3\xa9;add()",
                },
            ),
            bad(
                f"function whose name is part of another word, after {len(others)}",
                {
                    **IN_LIBS,
                    "pkg/_dlls.py": others + ADDING,
                    "pkg/__init__.py": b"address = \xc3\xa9add",
                },
            ),
        )
    ),
    bad(
        "function that only a function calls that nothing calls",
        code(
            "import os\ndef _f():\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))\ndef _g():\n    _f()"
        ),
    ),
    bad(
        "after return",
        code(
            "import os\ndef f():\n    return\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))\nf()"
        ),
    ),
    bad(
        "only as a program",
        code(
            "import os\nif __name__ == '__main__':\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
        ),
    ),
    bad(
        "a function of this name",
        code(
            "def add_dll_directory(x):\n    pass\nadd_dll_directory(__file__ + '/../../pkg.libs')"
        ),
    ),
    *(
        (good if right else bad)(
            condition,
            code(
                f"import os,sys\nif {condition}:\n    os.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','pkg.libs'))"
            ),
        )
        for condition, right in (
            ("sys.platform in ('win32', 'cygwin')", True),
            ("sys.platform in ('linux', 'darwin')", False),
            ("sys.platform not in ['win32']", False),
            ("sys.platform == 'win32' and hasattr(os, 'add_dll_directory')", True),
            ("sys.platform == 'linux' and hasattr(os, 'add_dll_directory')", False),
            ("sys.platform == 'linux' or x", True),
            ("sys.version_info >= (3, 8)", True),
            ("sys.version_info < (3, 8)", False),
            ("sys.version_info >= (3, 14)", True),
        )
    ),
    good(
        "percent",
        code("import os\nos.add_dll_directory('%s/../pkg.libs' % os.path.dirname(__file__))"),
    ),
    good(
        "format",
        code("import os\nos.add_dll_directory('{}/../pkg.libs'.format(os.path.dirname(__file__)))"),
    ),
    bad(
        "percent of another folder",
        code("import os\nos.add_dll_directory('%s/lib' % os.path.dirname(__file__))"),
    ),
    good(
        "returned",
        code(
            "import os\ndef libs():\n    return os.path.join(os.path.dirname(__file__),'..','pkg.libs')\nos.add_dll_directory(libs())"
        ),
    ),
    bad(
        "benchmark",
        {
            **IN_LIBS,
            "pkg/benchmarks/b.py": b"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__),'..','..','pkg.libs'))",
        },
    ),
    bad("data root", {PYD: needing("helper.dll"), "pkg-1.0.data/data/helper.dll": HELPER}),
    good(
        "data site-packages",
        {
            PYD: needing("helper.dll"),
            "pkg-1.0.data/data/Lib/site-packages/pkg/helper.dll": HELPER,
        },
    ),
    good(
        "loaded by the module that __init__ imports",
        {
            PYD: needing("helper.dll"),
            "pkg/helper.dll": HELPER,
            "pkg/sub/_x.cp313-win_arm64.pyd": needing("helper.dll"),
            "pkg/__init__.py": b"from . import _x\n",
        },
    ),
    bad(
        "loaded by a module that __init__ does not import",
        {
            PYD: needing("helper.dll"),
            "pkg/helper.dll": HELPER,
            "pkg/sub/_x.cp313-win_arm64.pyd": needing("helper.dll"),
            "pkg/__init__.py": b"def f():\n    from . import _x\n",
        },
    ),
    *(
        kind(
            f"in order: {what}",
            {**code(f"import os\nfrom os import add_dll_directory\n{text}"), **_files(more)},
        )
        for kind, what, text, more in (
            (good, "added before the import", f"{ADD}\nfrom . import _x", {}),
            (bad, "added after the import", f"from . import _x\n{ADD}", {}),
            (
                bad,
                "added after the import that a module makes",
                f"from .a import f\n{ADD}",
                {"a": "from . import _x"},
            ),
            (
                good,
                "added after an import that may fail",
                f"try:\n    from . import _x\nexcept ImportError:\n    {ADD}\n    from . import _x",
                {},
            ),
            (good, "added while it is imported", f"with {ADD}:\n    from . import _x", {}),
            (bad, "removed before it is imported", f"with {ADD}:\n    pass\nfrom . import _x", {}),
            (bad, "closed before it is imported", f"h = os.{ADD}\nh.close()\nfrom . import _x", {}),
            (
                good,
                "added by a module imported before",
                "from . import a, _x",
                {"a": f"import os\nos.{ADD}"},
            ),
            (
                good,
                "added by a module imported by its name",
                "importlib.import_module('.a', 'pkg')\nfrom . import _x",
                {"a": f"import os\nos.{ADD}"},
            ),
            (
                bad,
                "added by a module that nothing imports",
                "from . import _x",
                {"a": f"import os\nos.{ADD}"},
            ),
            (
                good,
                "any code runs before",
                "exec(text)\nfrom . import _x",
                {"a": f"import os\nos.{ADD}"},
            ),
            (
                bad,
                "a function that is not called",
                f"def f():\n    {ADD}\nfrom . import _x\nf()",
                {},
            ),
            (good, "a function that is called", f"def f():\n    {ADD}\nf()\nfrom . import _x", {}),
            (
                good,
                "a function of another file that is called",
                "from .a import f\nf()\nfrom . import _x",
                {"a": f"import os\ndef f():\n    os.{ADD}"},
            ),
            (
                good,
                "a method of another file that is called",
                "from .a import A\nA().f()\nfrom . import _x",
                {"a": f"import os\nclass A:\n    def f(self):\n        os.{ADD}"},
            ),
            (
                bad,
                "a function of another file that is called after",
                "from .a import f\nfrom . import _x\nf()",
                {"a": f"import os\ndef f():\n    os.{ADD}"},
            ),
            (
                bad,
                "a function of another file that is not called",
                "from . import a, _x",
                {"a": f"import os\ndef f():\n    os.{ADD}"},
            ),
            (
                bad,
                "where another file says that it is Linux",
                f"from .a import LINUX\nif LINUX:\n    {ADD}\nfrom . import _x",
                {"a": "LINUX = sys.platform == 'linux'"},
            ),
            (
                good,
                "where another file says that it is not Linux",
                f"from .a import linux\nif not linux():\n    {ADD}\nfrom . import _x",
                {"a": "def linux():\n    return sys.platform == 'linux'"},
            ),
            (bad, "a lambda that is not called", f"f = lambda: {ADD}\nfrom . import _x", {}),
            (good, "a lambda that is called", f"f = lambda: {ADD}\nf()\nfrom . import _x", {}),
            (bad, "for 32 bits", f"if sys.maxsize < 2**32:\n    {ADD}\nfrom . import _x", {}),
            (
                good,
                "for 64 bits",
                f"if struct.calcsize('P') == 8:\n    {ADD}\nfrom . import _x",
                {},
            ),
            (bad, "for another machine", f"if platform.machine() == 'AMD64':\n    {ADD}", {}),
            (good, "for this machine", f"if platform.machine().lower() == 'arm64':\n    {ADD}", {}),
        )
    ),
    *(
        kind(f"in a folder: {what}", in_folder(text))
        for kind, what, text in (
            (good, "rglob", "for p in HERE.rglob('*.dll'):\n    ctypes.WinDLL(str(p))"),
            (good, "glob of a folder", "[ctypes.CDLL(p) for p in HERE.glob('lib/h*.dll')]"),
            (bad, "glob of another folder", "[ctypes.CDLL(p) for p in HERE.glob('bin/*.dll')]"),
            (good, "**", "for p in glob.glob(f'{HERE}/**/*.dll'):\n    ctypes.WinDLL(p)"),
            (good, "scandir", "for f in os.scandir(HERE / 'lib'):\n    ctypes.WinDLL(f.path)"),
            (good, "+=", "d = str(HERE)\nd += '/lib'\nos.add_dll_directory(d)"),
            (bad, "+= of another", "d = str(HERE)\nd += '/bin'\nos.add_dll_directory(d)"),
            (bad, "relative", "os.add_dll_directory('lib')"),
            (bad, "relative to the current folder", "os.add_dll_directory(os.path.abspath('lib'))"),
            (
                good,
                "relative after chdir",
                "os.chdir(HERE)\nos.add_dll_directory(os.path.abspath('lib'))",
            ),
            (bad, "loaded relative", "ctypes.CDLL('./lib/helper.dll')"),
            (
                good,
                "loaded relative after chdir",
                "os.chdir(HERE)\nctypes.CDLL('./lib/helper.dll')",
            ),
            (bad, "loaded by its name", "ctypes.CDLL('helper.dll')"),
            (
                bad,
                "loaded by its name after chdir",
                "os.chdir(HERE / 'lib')\nctypes.CDLL('helper')",
            ),
            (good, "loaded by its name along PATH", "ctypes.CDLL('helper.dll', winmode=0)"),
            (
                good,
                "loaded by its name by the system along PATH",
                "os.environ['PATH'] = f'{HERE}/lib;' + os.environ['PATH']\nkernel32.LoadLibraryW('helper')",
            ),
            (
                bad,
                "loaded by its name along PATH, which ctypes does not search",
                "os.environ['PATH'] = f'{HERE}/lib;' + os.environ['PATH']\nctypes.CDLL('helper')",
            ),
            (good, "loaded by its name by the system", "kernel32.LoadLibraryW('helper.dll')"),
            (
                good,
                "loaded by its name after it was added",
                "os.add_dll_directory(HERE / 'lib')\nctypes.CDLL('helper.dll')",
            ),
            (good, "SetDllDirectory", "ctypes.windll.kernel32.SetDllDirectoryW(f'{HERE}/lib')"),
            (bad, "SetDllDirectory of another", "win32api.SetDllDirectory(str(HERE / 'bin'))"),
            (bad, "SetDllDirectory of none", "ctypes.windll.kernel32.SetDllDirectoryW(None)"),
            (good, "map", "list(map(os.add_dll_directory, [HERE / 'lib']))"),
            (bad, "map of another", "list(map(os.add_dll_directory, [HERE / 'bin']))"),
            (good, "map over a glob", "set(map(ctypes.WinDLL, glob.glob(f'{HERE}/lib/*.dll')))"),
            (
                good,
                "map of an own function",
                "def load(p):\n    ctypes.CDLL(p)\nlist(map(load, [f'{HERE}/lib/helper.dll']))",
            ),
            (
                good,
                "partial",
                "load = partial(ctypes.CDLL, winmode=0)\nload(f'{HERE}/lib/helper.dll')",
            ),
            (
                bad,
                "partial of another",
                "load = functools.partial(ctypes.CDLL, winmode=0)\nload(f'{HERE}/lib/other.dll')",
            ),
            (good, "format", "ctypes.CDLL('{d}/lib/helper.dll'.format(d=HERE))"),
            (bad, "format of another", "ctypes.CDLL('{d}/bin/helper.dll'.format(d=HERE))"),
            (good, "keywords", "ctypes.CDLL(mode=0, name=str(HERE / 'lib/helper.dll'))"),
            (
                good,
                "held by a generator",
                "@contextmanager\ndef dlls():\n    with os.add_dll_directory(HERE / 'lib'):\n        yield\nwith dlls():\n    from . import _x",
            ),
        )
    ),
    *(
        kind(
            f"from another file: {what}, {folder}",
            {
                **in_folder(text.format(folder)),
                "pkg/a.py": (HEAD + a.format(folder)).encode(),
            },
        )
        for what, text, a in (
            ("a constant", "from .a import D\nos.add_dll_directory(D)", "D = HERE / '{0}'"),
            (
                "of a module",
                "import pkg.a\nos.add_dll_directory(pkg.a.D)",
                "D = HERE / '{0}'",
            ),
            ("all names", "from .a import *\nos.add_dll_directory(D)", "D = HERE / '{0}'"),
            (
                "a list",
                "from .a import D\nfor d in D:\n    os.add_dll_directory(d)",
                "D = [HERE / '{0}']",
            ),
            (
                "a class",
                "from .a import A\nos.add_dll_directory(A().d)",
                "class A:\n    def __init__(self):\n        self.d = HERE / '{0}'",
            ),
            (
                "a function",
                "from .a import of\nos.add_dll_directory(of('{0}'))",
                "def of(n):\n    return HERE / n",
            ),
            (
                "an argument",
                "from .a import add\nadd('{0}')",
                "def add(d, e=1):\n    os.add_dll_directory(HERE / d)",
            ),
            (
                "a keyword",
                "from .a import add\nadd(d='{0}')",
                "def add(*, d='x'):\n    os.add_dll_directory(HERE / d)",
            ),
            (
                "a constant of the package",
                "D = HERE / '{0}'\nfrom . import a",
                "import pkg\nos.add_dll_directory(pkg.D)",
            ),
        )
        for kind, folder in ((good, "lib"), (bad, "bin"))
    ),
    *(
        kind(f"a DLL that code loads: {what}", loaded(text), filename=LIBRARY_WHEEL)
        for kind, what, text in (
            (good, "by its path", "ctypes.CDLL(HERE / 'core.dll')"),
            (good, "by its path without suffix", "ctypes.CDLL(HERE / 'core')"),
            (bad, "by its name", "ctypes.CDLL('core.dll')"),
            (bad, "by its name without suffix", "ctypes.cdll.LoadLibrary('core')"),
            (
                good,
                "by its name after it was added",
                "os.add_dll_directory(HERE)\nctypes.CDLL('core')",
            ),
            (
                good,
                "by a name that is tried",
                "try:\n    ctypes.CDLL('core')\nexcept OSError:\n    pass",
            ),
            (good, "by a name in a function", "def f():\n    ctypes.CDLL('core.dll')"),
            (good, "by a name under a condition", "if x:\n    ctypes.CDLL('core.dll')"),
            (good, "by the name of one of Windows'", "ctypes.CDLL('kernel32')"),
            (good, "by the name of one that nobody knows", "ctypes.CDLL('other.dll')"),
            (bad, "that is not there", "ctypes.CDLL(HERE / 'other.dll')"),
            (good, "of another distribution", "ctypes.CDLL(HERE.parent / 'other' / 'other.dll')"),
            (
                good,
                "that is not there on Linux",
                "if os.name != 'nt':\n    ctypes.CDLL(HERE / 'x.dll')",
            ),
            (good, "with a name that is not told", "ctypes.CDLL(HERE / name)"),
            (bad, "as an attribute", "ctypes.windll.core.f()"),
            (good, "as an attribute in a function", "def f():\n    ctypes.windll.core.f()"),
            (good, "of Windows' as an attribute", "ctypes.windll.kernel32.f()"),
            (
                good,
                "as an attribute after it was added",
                "os.add_dll_directory(HERE)\nctypes.windll.core.f()",
            ),
            (good, "without a name", "ctypes.CDLL('')\nctypes.CDLL('.')\nctypes.CDLL(None)"),
        )
    ),
    *(
        kind(
            f"a DLL whose name another file {what}",
            {
                **loaded("from . import names, b\nctypes.CDLL(HERE / names.DLL)"),
                "pkg/names.py": b"DLL = 'other.dll'",
                "pkg/b.py": f"from . import names\n{text}".encode(),
            },
            filename=LIBRARY_WHEEL,
        )
        for kind, what, text in (
            (good, "sets", "names.DLL = 'core.dll'"),
            (bad, "compares", "names.DLL == 'core.dll'"),
        )
    ),
    *(
        bad(
            f"a DLL that lacks another is loaded: {what}",
            {**loaded(text), "pkg/core.dll": LACKING},
            filename=LIBRARY_WHEEL,
        )
        for what, text in (
            ("at once", "ctypes.CDLL(HERE / 'core.dll')"),
            ("by a function that nothing calls", "def f():\n    ctypes.CDLL(HERE / 'core.dll')"),
            ("by numpy", "numpy.ctypeslib.load_library('core', HERE)"),
            ("as an attribute", "os.add_dll_directory(HERE)\nctypes.cdll.core.f()"),
        )
    ),
    *(
        kind(
            f"a program: {what}",
            {"pkg/lib/helper.dll": HELPER, program: PROGRAM},
            filename=LIBRARY_WHEEL,
        )
        for kind, what, program in (
            (good, "beside its DLL", "pkg/lib/tool.exe"),
            (bad, "elsewhere", "pkg/bin/tool.exe"),
            (bad, "among the scripts", "pkg-1.0.data/scripts/tool.exe"),
        )
    ),
    good(
        "loaded beside a DLL that code loads",
        {
            **code(
                "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), '..', 'pkg.libs', 'a.dll'))\nfrom . import _x"
            ),
            "pkg.libs/a.dll": im.image(exports=["g"], imports={"helper.dll": ["f"]}),
        },
    ),
    good(
        "added in site-packages by a .pth file",
        {
            **IN_LIBS,
            "pkg.pth": b"import os, sys; os.add_dll_directory(os.path.join(sys.prefix, 'Lib', 'site-packages', 'pkg.libs'))\n",
        },
    ),
    good(
        "added by code in platlib",
        {
            "pkg-1.0.data/platlib/pkg/_x.cp313-win_arm64.pyd": needing("helper.dll"),
            "pkg-1.0.data/platlib/pkg.libs/helper.dll": HELPER,
            "pkg-1.0.data/platlib/pkg/__init__.py": f"import os\nos.{ADD}\n".encode(),
        },
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.what)
def test_dlls_are_found_where_windows_looks(one: Verdict, tmp_path: Path) -> None:
    assert judged(one, tmp_path) == (one.good, one.good)
