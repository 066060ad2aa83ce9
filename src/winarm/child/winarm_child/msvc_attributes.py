"""What projects change of setuptools' compiler for Visual Studio, on a compiler of GNU style.

A build_ext of a project's own takes `/GL` out of `compile_options` or adds to `ldflags_shared`.
The lists begin as setuptools fills them; what a project adds is handed on, and translated.
"""

from typing import Any

COMPILE = ("/nologo", "/O2", "/W3", "/GL", "/DNDEBUG", "/MD")
COMPILE_DEBUG = ("/nologo", "/Od", "/MDd", "/Zi", "/W3", "/D_DEBUG")
LINK = ("/nologo", "/INCREMENTAL:NO", "/LTCG")
MANIFEST = ("/MANIFEST:EMBED,ID=1",)
SHARED = ("/DLL", "/MANIFEST:EMBED,ID=2", "/MANIFESTUAC:NO")


class MsvcAttributes:
    """The attributes, and what a project has made of them."""

    initialized = True
    plat_name = "win-arm64"
    preprocess_options: Any = None

    def set_msvc_attributes(self, programs: dict[str, str]) -> None:
        """Set what setuptools sets in `initialize`."""
        self.compile_options = list(COMPILE)
        self.compile_options_debug = list(COMPILE_DEBUG)
        self.ldflags_exe = [*LINK, *MANIFEST]
        self.ldflags_exe_debug = [*LINK, *MANIFEST, "/DEBUG:FULL"]
        self.ldflags_shared = [*LINK, *SHARED]
        self.ldflags_shared_debug = [*LINK, *SHARED, "/DEBUG:FULL"]
        self.ldflags_static = list(LINK)
        self.ldflags_static_debug = list(LINK)
        self.cc, self.rc = programs["cc"], programs["rc"]
        self.linker = self.lib = programs["ar"]
        self.mc = self.mt = ""
        self.dll_libraries: list[str] | None = None

    def compile_options_added(self) -> list[str]:
        """Return what the project adds to every compilation."""
        # NDEBUG is the one of setuptools' flags whose absence changes the code that is compiled.
        undefined = [] if "/DNDEBUG" in self.compile_options else ["-UNDEBUG"]
        return [*undefined, *(o for o in self.compile_options if o not in COMPILE)]

    def link_options_added(self, *, executable: bool) -> list[str]:
        """Return what the project adds to every link."""
        options = self.ldflags_exe if executable else self.ldflags_shared
        return [option for option in options if option not in {*LINK, *MANIFEST, *SHARED}]
