"""Build native libraries for ARM64 Windows into one prefix, by the route that each prefers.

    python tests/libraries/build_prefix.py PREFIX [LIBRARY...] [--cache DIR]

Sources are Debian's tarballs, pinned by their checksums. What is built is remembered: a second run
with the same recipe, source and toolchain builds nothing. Without names, all are built. Used by
`nox -s libraries` and by CI, which builds the three smallest.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

#: Where Debian keeps sources: the release, its security updates, and everything that ever was.
MIRRORS = (
    "http://deb.debian.org/debian/pool/main",
    "http://deb.debian.org/debian-security/pool/updates/main",
    "https://snapshot.debian.org/archive/debian/20261101T000000Z/pool/main",
)

CMAKE = "cmake"
CONFIGURE = "configure"
OPENSSL = "openssl"


@dataclass(frozen=True)
class Recipe:
    """One library: its source and how it is built."""

    #: Debian's name of the source, and the file.
    source: str
    file: str
    sha256: str
    route: str
    options: tuple[str, ...] = ()
    #: Libraries that are built before.
    needs: tuple[str, ...] = ()
    #: Files with its licence, relative to the source.
    licences: tuple[str, ...] = ("COPYING",)
    #: Arguments of make.
    make: tuple[str, ...] = ()
    #: Folders in which `make` and `make install` are called.
    folders: tuple[str, ...] = (".",)
    #: Variables of the environment.
    environ: tuple[tuple[str, str], ...] = ()
    #: Whether one run of its own build makes the static library and the shared one.
    both_at_once: bool = False
    #: Files that Debian has taken out of the source, with what is enough for a build.
    files: tuple[tuple[str, str], ...] = ()
    #: Files that are added to the prefix.
    added: tuple[tuple[str, str], ...] = ()
    #: Only a static one, or only a shared one.
    kinds: tuple[str, ...] = ("static", "shared")


RECIPES = {
    "zlib": Recipe(
        "zlib",
        "zlib_1.2.13.dfsg.orig.tar.bz2",
        "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1",
        CMAKE,
        both_at_once=True,
        files=(("win32/zlib1.rc", "/* no version information */\n"),),
        licences=("README",),
    ),
    "libpng": Recipe(
        "libpng1.6",
        "libpng1.6_1.6.39.orig.tar.gz",
        "a00e9d2f2f664186e4202db9299397f851aea71b36a35e74910b8820e380d441",
        CMAKE,
        # Its CMake adds the files for NEON only where the processor is called aarch64.
        ("-DPNG_TESTS=OFF", "-DPNG_EXECUTABLES=OFF", "-DCMAKE_C_FLAGS=-DPNG_ARM_NEON_OPT=0"),
        needs=("zlib",),
        both_at_once=True,
        licences=("LICENSE",),
    ),
    "libjpeg-turbo": Recipe(
        "libjpeg-turbo",
        "libjpeg-turbo_2.1.5.orig.tar.gz",
        "254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c",
        CMAKE,
        both_at_once=True,
        licences=("LICENSE.md", "README.ijg"),
    ),
    "libyaml": Recipe(
        "libyaml",
        "libyaml_0.2.5.orig.tar.gz",
        "fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e",
        CMAKE,
        licences=("License",),
    ),
    "freetype": Recipe(
        "freetype",
        "freetype_2.12.1+dfsg.orig.tar.xz",
        "7dedb6b9adf331559daea614a83b8de42a753e685ec8e1c4bdb4529eb880b0d1",
        CMAKE,
        ("-DFT_DISABLE_HARFBUZZ=ON", "-DFT_DISABLE_BZIP2=ON", "-DFT_DISABLE_BROTLI=ON"),
        needs=("zlib", "libpng"),
        licences=("LICENSE.TXT", "docs/FTL.TXT"),
    ),
    "libffi": Recipe(
        "libffi",
        "libffi_3.4.4.orig.tar.gz",
        "d66c56ad259a82cf2a9dfc408b32bf5da52371500b84745f7fb8b645712df676",
        CONFIGURE,
        ("--disable-docs", "--disable-multi-os-directory"),
        both_at_once=True,
        licences=("LICENSE",),
    ),
    "libxml2": Recipe(
        "libxml2",
        "libxml2_2.9.14+dfsg.orig.tar.xz",
        "4fe913dec8b1ab89d13b489b419a8203176ea39e931eaa0d25b17eafb9c279e9",
        CMAKE,
        (
            *("-DLIBXML2_WITH_ICONV=OFF", "-DLIBXML2_WITH_LZMA=OFF", "-DLIBXML2_WITH_PYTHON=OFF"),
            *("-DLIBXML2_WITH_PROGRAMS=OFF", "-DLIBXML2_WITH_TESTS=OFF"),
        ),
        needs=("zlib",),
        # lxml links iconv on Windows and uses it through libxml2 alone: an empty library.
        added=(("lib/libiconv.a", "!<arch>\n"),),
        licences=("Copyright",),
    ),
    "libxslt": Recipe(
        "libxslt",
        "libxslt_1.1.35.orig.tar.xz",
        "8247f33e9a872c6ac859aa45018bc4c4d00b97e2feac9eebc10c93ce1f34dd79",
        CMAKE,
        (
            *("-DLIBXSLT_WITH_PYTHON=OFF", "-DLIBXSLT_WITH_CRYPTO=OFF"),
            *("-DLIBXSLT_WITH_PROGRAMS=OFF", "-DLIBXSLT_WITH_TESTS=OFF"),
        ),
        needs=("libxml2",),
        licences=("Copyright",),
    ),
    "sqlite": Recipe(
        "sqlite3",
        "sqlite3_3.40.1.orig.tar.xz",
        "aaa776260ab4dc976db34aa7891819484c8676b5b2783123ebc6301e2ca5d655",
        CONFIGURE,
        ("--disable-tcl", "--disable-readline", "--disable-editline", "config_TARGET_EXEEXT=.exe"),
        make=("BEXE=",),
        both_at_once=True,
        licences=("LICENSE.md",),
    ),
    "snappy": Recipe(
        "snappy",
        "snappy_1.1.9.orig.tar.gz",
        "75c1fbb3d618dd3a0483bff0e26d0a92b495bbe5059c8b4f1c962b478b6e06e7",
        CMAKE,
        ("-DSNAPPY_BUILD_TESTS=OFF", "-DSNAPPY_BUILD_BENCHMARKS=OFF"),
    ),
    "fftw": Recipe(
        "fftw3",
        "fftw3_3.3.10.orig.tar.gz",
        "56c932549852cddcfafdab3820b0200c7742675be92179e59e6215b340e26467",
        CMAKE,
        # As fftw's own releases for Windows: threads in the same library.
        ("-DBUILD_TESTS=OFF", "-DENABLE_THREADS=ON", "-DWITH_COMBINED_THREADS=ON"),
        # pyfftw knows that of win32 and win-amd64 only, and looks for another: an empty one.
        added=(("lib/libfftw3_threads.a", "!<arch>\n"),),
    ),
    "openssl": Recipe(
        "openssl",
        "openssl_3.0.22.orig.tar.gz",
        "67ebca7e50d17383028045486653492195b83db95f8558709701bb47b5c1ef81",
        OPENSSL,
        ("mingw64", "no-asm", "no-tests", "shared"),
        both_at_once=True,
        licences=("LICENSE.txt",),
    ),
    "libpq": Recipe(
        "postgresql-15",
        "postgresql-15_15.18.orig.tar.bz2",
        "11df0df97fe3ea4ba9a791faaf39cee1d2fe571e78885b5b55d8517d27c323b4",
        CONFIGURE,
        ("--without-readline", "--without-zlib", "--with-ssl=openssl", "--without-icu"),
        needs=("openssl",),
        folders=("src/include", "src/common", "src/port", "src/interfaces/libpq"),
        # It takes GCC's __builtin_setjmp for MinGW, which clang lacks on ARM64.
        make=("COPT=-U__MINGW64__",),
        both_at_once=True,
        licences=("COPYRIGHT",),
    ),
}


class FailedError(Exception):
    """A library could not be fetched or built."""


@dataclass(frozen=True)
class Place:
    """Where sources, builds and the result are."""

    prefix: Path
    cache: Path

    @property
    def sources(self) -> Path:
        return self.cache / "sources"

    @property
    def builds(self) -> Path:
        return self.cache / "builds"

    @property
    def marks(self) -> Path:
        return self.prefix / "share" / "winarm-built"


def fetched(recipe: Recipe, folder: Path) -> Path:
    """Return the source archive, fetched unless it is there; its checksum is right."""
    file = folder / recipe.file
    if file.is_file() and checksum(file) == recipe.sha256:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    letter = recipe.source[:4] if recipe.source.startswith("lib") else recipe.source[0]
    tried = []
    for mirror in MIRRORS:
        url = f"{mirror}/{letter}/{recipe.source}/{recipe.file}"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                data = answer.read()
        except (OSError, urllib.error.URLError) as error:
            tried.append(f"{url}: {error}")
            continue
        if hashlib.sha256(data).hexdigest() == recipe.sha256:
            part = file.with_suffix(".part")
            part.write_bytes(data)
            part.replace(file)
            return file
        tried.append(f"{url}: another checksum")
    message = "no mirror has it:\n  " + "\n  ".join(tried)
    raise FailedError(message)


def checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpacked(archive: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def environment(place: Place) -> dict[str, str]:
    """Return the environment in which an unchanged build makes ARM64 Windows code."""
    command = [sys.executable, "-m", "winarm", "env", "--json"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found = json.loads(answer.stdout)
    programs = Path(sys.executable).parent
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PKG_CONFIG", "CMAKE"))},
        **found["variables"],
        "PATH": os.pathsep.join([*found["path"], str(programs), os.environ["PATH"]]),
        "PKG_CONFIG_LIBDIR": str(place.prefix / "lib" / "pkgconfig"),
        "CPPFLAGS": f"-I{place.prefix / 'include'}",
        "LDFLAGS": f"-L{place.prefix / 'lib'}",
    }


def run(command: list[str], folder: Path, environ: dict[str, str], log: Path) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        done = subprocess.run(
            command, cwd=folder, env=environ, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-25:])
        message = f"{command[0]} failed; {log} ends in\n{tail}"
        raise FailedError(message)


def by_cmake(
    recipe: Recipe, source: Path, place: Place, environ: dict[str, str], log: Path
) -> None:
    asked = [sys.executable, "-m", "winarm", "toolchain-file", "zig"]
    toolchain = subprocess.check_output(asked, text=True).strip()
    for kind in ("shared",) if recipe.both_at_once else recipe.kinds:
        build = source.parent / f"build-{kind}"
        run(
            [
                *("cmake", "-G", "Ninja", "-S", str(source), "-B", str(build)),
                f"-DCMAKE_TOOLCHAIN_FILE={toolchain}",
                f"-DCMAKE_INSTALL_PREFIX={place.prefix}",
                f"-DCMAKE_PREFIX_PATH={place.prefix}",
                f"-DBUILD_SHARED_LIBS={'ON' if kind == 'shared' else 'OFF'}",
                "-DCMAKE_BUILD_TYPE=Release",
                "-DCMAKE_POLICY_VERSION_MINIMUM=3.5",
                "-DBUILD_TESTING=OFF",
                *recipe.options,
            ],
            source,
            environ,
            log,
        )
        run(["cmake", "--build", str(build)], source, environ, log)
        run(["cmake", "--install", str(build)], source, environ, log)


def by_configure(
    recipe: Recipe, source: Path, place: Place, environ: dict[str, str], log: Path
) -> None:
    kinds = ["--enable-static", "--enable-shared"] if "libpq" not in recipe.folders[-1] else []
    run(["./configure", f"--prefix={place.prefix}", *kinds, *recipe.options], source, environ, log)
    jobs = f"-j{os.cpu_count()}"
    for folder in recipe.folders:
        run(["make", jobs, *recipe.make], source / folder, environ, log)
    for folder in recipe.folders if len(recipe.folders) == 1 else recipe.folders[-1:]:
        run(["make", "install", *recipe.make], source / folder, environ, log)
    if len(recipe.folders) > 1:
        for name in ("postgres_ext.h", "pg_config.h", "pg_config_ext.h"):
            shutil.copy(source / "src/include" / name, place.prefix / "include")
        shutil.copytree(
            source / "src/include/libpq",
            place.prefix / "include/libpq",
            dirs_exist_ok=True,
            ignore=lambda _, names: [n for n in names if n != "libpq-fs.h"],
        )


def by_openssl(
    recipe: Recipe, source: Path, place: Place, environ: dict[str, str], log: Path
) -> None:
    arguments = [f"--prefix={place.prefix}", "--libdir=lib", *recipe.options]
    run(["./Configure", *arguments], source, {**environ, "CPPFLAGS": "", "LDFLAGS": ""}, log)
    run(["make", f"-j{os.cpu_count()}", "build_libs"], source, environ, log)
    run(["make", "install_dev"], source, environ, log)


ROUTES = {CMAKE: by_cmake, CONFIGURE: by_configure, OPENSSL: by_openssl}


def build(name: str, place: Place) -> float | None:
    """Build one library and all that it needs; return its seconds, or None if it was there."""
    recipe = RECIPES[name]
    for other in recipe.needs:
        build(other, place)
    mark = place.marks / f"{name}.json"
    environ = {**environment(place), **dict(recipe.environ)}
    # Its folder has another name for each version of zig and of the tools.
    facts = json.dumps({**dataclasses.asdict(recipe), "compiler": environ["CC"]}, indent=1)
    if mark.is_file() and mark.read_text("utf-8") == facts:
        return None
    began = time.monotonic()
    archive = fetched(recipe, place.sources)
    source = unpacked(archive, place.builds / name)
    for file, text in recipe.files:
        (source / file).parent.mkdir(exist_ok=True)
        (source / file).write_text(text, encoding="utf-8")
    log = place.builds / f"{name}.log"
    log.unlink(missing_ok=True)
    ROUTES[recipe.route](recipe, source, place, environ, log)
    for file, text in recipe.added:
        (place.prefix / file).write_text(text, encoding="utf-8")
    licences = place.prefix / "share" / "licenses" / name
    licences.mkdir(parents=True, exist_ok=True)
    for file in recipe.licences:
        shutil.copy(source / file, licences)
    place.marks.mkdir(parents=True, exist_ok=True)
    mark.write_text(facts, encoding="utf-8")
    return time.monotonic() - began


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("prefix", type=Path)
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help=", ".join(RECIPES))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/winarm-libraries")
    args = parser.parse_args(argv)
    place = Place(args.prefix.resolve(), args.cache.resolve())
    failed = 0
    for name in args.libraries or RECIPES:
        try:
            seconds = build(name, place)
        except (FailedError, OSError, subprocess.CalledProcessError) as error:
            failed += 1
            print(f"{name}: {error}", flush=True)
        else:
            print(f"{name}: {'there' if seconds is None else f'{seconds:.0f} s'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
