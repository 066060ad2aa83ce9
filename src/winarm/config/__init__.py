"""Settings: `[tool.winarm]`, config settings and WINARM_* variables become one frozen value.

`Settings` is the only definition. What each setting is, how it is written and which sources may
set it is in its field; reading, the JSON schema (`winarm.config.schema`) and the reference
(docs/settings.md) all go by that.

One setting has three spellings: `include-dirs` in `[tool.winarm]`, `winarm.include-dirs` as a
config setting of PEP 517, `WINARM_INCLUDE_DIRS` in the environment. The strongest source that
sets it decides alone: config setting, environment, pyproject.toml, default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.config.sources import (
    BUILD,
    MACHINE,
    PROJECT,
    PROJECT_OR_BUILD,
    WORKPLACE,
    ConfigSettings,
    Definition,
    Source,
    Written,
    definitions_of,
    from_front_end,
    is_unset,
    setting,
    written_in_config_settings,
    written_in_environment,
    written_in_pyproject,
)
from winarm.config.values import (
    FOLDER,
    BackendName,
    Choice,
    Count,
    Flag,
    InvalidValueError,
    Line,
    Problems,
    Split,
    TargetName,
    Words,
    did_you_mean,
)
from winarm.pyproject import read_pyproject
from winarm.target import WIN_ARM64, Target

if TYPE_CHECKING:
    from winarm.config.packages import PackageSettings
    from winarm.config.trial import TrialSettings
    from winarm.host import Host
    from winarm.verify.options import VerifyOptions

#: What `toolchain` may be.
TOOLCHAINS = ("auto", "msvc", "clang-cl", "llvm-mingw", "zig")
#: What `linkage` may be.
LINKAGES = ("shared", "static")
#: What `bundle` may be.
BUNDLES = ("auto", "msvcp140", "off")
#: More parallel jobs than this are a slip of the finger.
MAX_JOBS = 1024

_FOLDER = Words(
    "a folder, without -I or -L", r"[^\x00-\x1f-][^\x00-\x1f]*", Split.PATHS, folders=True
)
_LIBRARY = Words("a library's name, without -l", r"[^\x00-\x1f-][^\x00-\x1f]*", Split.SHELL)
_MACRO = Words(
    "a macro, NAME or NAME=VALUE, without -D",
    r"[A-Za-z_][A-Za-z0-9_]*(=[^\x00\r\n]*)?",
    Split.SHELL,
)
_ARGUMENT = Words("one argument of the compiler", r"[^\x00\r\n]+", Split.SHELL)
_MODULE = Words(
    "a module's name, or after `!` the name of a module, file or folder of the project",
    r"!?[^\W0-9]\w*(\.[^\W0-9]\w*)*|![\w./-]+(/|\.py)",
    Split.NAMES,
)
_REQUIREMENT = Words("a requirement, such as numpy>=2", r"[A-Za-z0-9][^\x00-\x1f]*", Split.SHELL)
_EXTENSION = Words("an extension's name, as setup() has it", r"[^\s,\x00-\x1f]+", Split.NAMES)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project and its builder ask of winarm."""

    target: Target | None = setting(
        TargetName(),
        "The machine to build for. Without one, or with the host's own, the project's backend "
        "builds as it always does. Where nothing else names a target, "
        "`VSCMD_ARG_TGT_ARCH=arm64` does: a Visual Studio developer prompt, or cibuildwheel.",
        MACHINE,
        default=None,
    )
    toolchain: str = setting(
        Choice(TOOLCHAINS),
        "The toolchain to build with. `auto` takes the first that is found, in the order msvc, "
        "clang-cl, llvm-mingw, zig; docs/toolchains.md says where each is looked for.",
        default="auto",
    )
    toolchain_version: str | None = setting(
        Line("a version or its beginning such as 14.44", r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}"),
        "The version of the toolchain, or how it begins, where several are installed: of LLVM for "
        "clang-cl and llvm-mingw; for msvc of the toolset (`14.44`) or of Visual Studio (`17`, "
        "`2022`).",
        default=None,
    )
    sysroot: Path | None = setting(
        FOLDER,
        "The folder with Microsoft's headers and libraries that clang-cl builds against, as xwin, "
        "cargo-xwin, msvc-wine or clang's /winsysroot lay it out. Without one, a few usual places "
        "are looked at, and on Windows Visual Studio.",
        default=None,
    )
    python_dir: Path | None = setting(
        FOLDER,
        "A folder that holds the target's Python, as a NuGet package or python.org's installer "
        "lays it out. Without one, headers and import libraries are made from the Python that "
        "builds.",
        default=None,
    )
    build_backend: str | None = setting(
        BackendName(),
        "The build backend that winarm calls. Without one it is scikit-build-core for a project "
        "with a `[tool.scikit-build]` table, and setuptools for all others.",
        PROJECT,
        default=None,
    )
    backend_path: tuple[str, ...] = setting(
        Words("a folder inside the project", r"[^\x00-\x1f]+", Split.PATHS, inside=True),
        "Folders of the project from which `build-backend` is imported.",
        PROJECT,
        needs="build-backend",
    )
    target_view: tuple[str, ...] = setting(
        _MODULE,
        "Build helpers, by module name, that are to see the target when they ask which "
        "platform they run on, as the project's own code is. An entry that begins with `!` "
        "leaves a module of the project's out: it sees the host, as a build tool in the "
        "project's own folder must be.",
        PROJECT_OR_BUILD,
    )
    build_requires: tuple[str, ...] = setting(
        _REQUIREMENT,
        "Requirements to install into the isolated environment of `winarm build`, for a project "
        "that does not declare all that its build needs.",
        BUILD,
    )
    allow_missing: tuple[str, ...] = setting(
        _EXTENSION,
        "Extensions that the wheel may lack. A build in which any other extension that setup() "
        "declares is missing from the wheel fails.",
    )
    include_dirs: tuple[str, ...] = setting(
        _FOLDER, "Folders with headers of the target's libraries. Relative to the project."
    )
    library_dirs: tuple[str, ...] = setting(
        _FOLDER, "Folders with the target's libraries. Relative to the project."
    )
    prefix: tuple[str, ...] = setting(
        _FOLDER,
        "Install trees of the target's libraries: what `make install` fills, vcpkg's "
        "`installed/arm64-windows`, conda's `Library`, MSYS2's `clangarm64`, the folder of a conan "
        "deployer. Every route of a build finds their headers, libraries and pkg-config files. "
        "Relative to the project; of an sdist, to the working directory. See docs/libraries.md.",
    )
    linkage: str = setting(
        Choice(LINKAGES),
        "Which library is taken where a prefix has a static and a shared one. `shared`: one copy "
        "serves all modules of the wheel, and is bundled. `static`: no DLL is bundled. Where only "
        "the other one is there, that is taken.",
        default="shared",
    )
    bundle: str = setting(
        Choice(BUNDLES),
        "Which DLLs are copied into the wheel. `auto`: those that only a prefix has. `msvcp140`: "
        "also the C++ runtime of Visual C++, from the msvc-runtime wheel of the package index. "
        "`off`: none.",
        default="auto",
    )
    target_requires: tuple[str, ...] = setting(
        Words("a requirement such as scipy-openblas32", r"[A-Za-z0-9][^\x00-\x1f]*", Split.SHELL),
        "Packages whose win_arm64 wheels bring headers and libraries. They are fetched from the "
        "package index, not installed, and used as prefixes.",
    )
    libraries: tuple[str, ...] = setting(
        _LIBRARY, "Libraries to link every extension with, in addition to its own."
    )
    defines: tuple[str, ...] = setting(_MACRO, "Macros to define in every compilation.")
    cflags: tuple[str, ...] = setting(
        _ARGUMENT, "Arguments for every compilation, after the project's own."
    )
    ldflags: tuple[str, ...] = setting(
        _ARGUMENT, "Arguments for every link, after the project's own."
    )
    generator: str | None = setting(
        Line("the name of a CMake generator"),
        "The CMake generator, for every build that calls CMake. Without one it is Ninja, fetched "
        "from the package index if the machine has none.",
        default=None,
    )
    launcher: str | None = setting(
        Line("a program that is put before the compiler"),
        "A compiler cache to put before the compilers: `ccache` or `sccache`, for all build "
        "backends.",
        WORKPLACE,
        default=None,
    )
    build_dir: Path | None = setting(
        FOLDER,
        "A folder in which CMake and Meson build, and which is kept for the next build. Without "
        "one, each build starts from scratch.",
        WORKPLACE,
        default=None,
    )
    drop_flags: tuple[str, ...] = setting(
        _ARGUMENT,
        "Arguments that projects give to the compiler or the linker and that are to be left out, "
        "such as `/EHa` or `-msse*`; `*` matches anything. The message about a refused flag names "
        "this setting.",
    )
    jobs: int | None = setting(
        Count(MAX_JOBS),
        "How many files are compiled at once. Without it, as many as the machine has cores.",
        default=None,
    )
    verbose: bool = setting(
        Flag(),
        "Show every command, and what winarm removed from the environment or translated.",
        BUILD,
        default=False,
    )
    allow_unverified: bool = setting(
        Flag(),
        "Deliver a wheel that failed verification, for a step after the build that repairs it. "
        "Its findings are printed, and the result says that it is not verified.",
        BUILD,
        default=False,
    )
    verify: VerifyOptions | None = setting(
        "winarm.config.verify",
        "What is checked of the wheel, and what of it fails the build. Without the table, "
        "the defaults apply. For one build, each key can be set by "
        "`-C winarm.verify.KEY=VALUE`.",
        PROJECT,
        default=None,
    )
    test: TrialSettings | None = setting(
        "winarm.config.trial",
        "How `winarm test` and `winarm build --test` try the project's wheels. Without the table, "
        "every module is imported.",
        PROJECT,
        default=None,
    )
    runner: str = setting(
        Line("auto, native, wine, qemu-wine, ssh:HOST or command:PROGRAM"),
        "What runs Python for Windows ARM64 in a trial. `auto` takes the first that is found, in "
        "the order native, wine, qemu-wine; `winarm doctor` lists them.",
        WORKPLACE,
        default="auto",
    )
    python_source: str = setting(
        Line("the address of a NuGet service index"),
        "The NuGet source from which trials fetch Pythons for Windows ARM64 that no folder has. "
        "`off` fetches none.",
        WORKPLACE,
        default="https://api.nuget.org/v3/index.json",
    )
    target_python: tuple[str, ...] = setting(
        Words("a folder", r"[^\x00-\x1f]+", Split.PATHS, folders=True),
        "Folders with Pythons for Windows ARM64 that trials run: NuGet's package, or where "
        "python.org's installer put one. Several, where there are several versions.",
        WORKPLACE,
    )
    packages: Mapping[str, PackageSettings] | None = setting(
        "winarm.config.packages",
        "How `winarm wheelhouse` treats single packages; a build of this project does not use it.",
        PROJECT,
        default=None,
    )


def definitions() -> dict[str, Definition]:
    """Return each setting's definition by its name in kebab-case, in the order of `Settings`."""
    return definitions_of(Settings)


def read_settings(project: Path, config_settings: ConfigSettings | None, host: Host) -> Settings:
    """Return what all sources together ask for, for the project in the folder `project`.

    :raises SettingsError: settings are wrong; every mistake is named with its place.
    :raises SourceError: pyproject.toml is not TOML.
    :raises FileSystemError: pyproject.toml cannot be read.
    """
    return settings_of(read_pyproject(project) or {}, project, config_settings, host)


def settings_of(
    document: Mapping[str, Any],
    project: Path,
    config_settings: ConfigSettings | None,
    host: Host,
    *,
    asked_in: Path | None = None,
) -> Settings:
    """Return the same for a pyproject.toml that has been read.

    :param asked_in: where relative folders of config settings and variables count from; by
        default the project, which is another place if it was unpacked into a temporary folder.
    :raises SettingsError: settings are wrong; every mistake is named with its place.
    """
    project = project.absolute()
    values: dict[str, Any] = {}
    verify_prefix = Source.CONFIG.spelling("verify.")
    verify_texts: dict[str, list[str]] = {}
    own_settings: dict[str, str | list[str] | bool] = {}
    for name, given in (config_settings or {}).items():
        if name.startswith(verify_prefix):
            texts = given if isinstance(given, list) else [str(given)]
            verify_texts[name.removeprefix(verify_prefix)] = texts
        else:
            own_settings[name] = given
    in_pyproject = written_in_pyproject(document)
    problems = Problems()
    problems.found += _unaccompanied({written.spelling for written in in_pyproject})
    for written in (
        # From the weakest to the strongest, so that a later one replaces an earlier one.
        *in_pyproject,
        *written_in_environment(host),
        *written_in_config_settings(own_settings),
    ):
        own = written.source is Source.PYPROJECT
        home = project if own or asked_in is None else asked_in.absolute()
        with problems.at(written.place):
            values.update(_understood(written, home, host))
    if verify_texts:
        # Imported when it is asked for, as the table is.
        from winarm.config.verify import with_texts  # noqa: PLC0415

        with problems.at(Source.CONFIG.value):
            values["verify"] = with_texts(values.get("verify"), verify_texts, project, host.system)
    problems.refuse()
    return Settings(**{"target": _developer_prompt_target(host), **values})


def read_table(project: Path, table: str) -> Any:  # noqa: ANN401 - of the table's own type
    """Return what `[tool.winarm.TABLE]` of the project makes, or None where it is not there.

    :param table: `verify` or `packages`.
    :raises SettingsError: the table, or the name of another setting in `[tool.winarm]`, is wrong.
    :raises SourceError: pyproject.toml is not TOML.
    :raises FileSystemError: pyproject.toml cannot be read.
    """
    problems = Problems()
    found: Any = None
    for written in written_in_pyproject(read_pyproject(project) or {}):
        with problems.at(written.place):
            name, definition = _defined(written)
            if name == table:
                found = definition.kind.check(written.value, project)
    problems.refuse()
    return found


def inner_config_settings(config_settings: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the config settings that are not winarm's: those that the inner backend gets."""
    if config_settings is None:
        return None
    return {k: v for k, v in config_settings.items() if not k.startswith(Source.CONFIG.prefix)}


def _unaccompanied(names: set[str]) -> list[str]:
    """Return the problems of settings in pyproject.toml that lack the one that they need."""
    return [
        f"{Source.PYPROJECT.value} {name}: requires {definition.needs}"
        for name, definition in definitions().items()
        if name in names and definition.needs and definition.needs not in names
    ]


def _understood(written: Written, home: Path, host: Host) -> dict[str, object]:
    """Return the field that `written` sets with its value; nothing when it is left empty.

    :param home: where relative folders count from.
    :raises InvalidValueError: there is no such setting, it cannot be set here, or not to that.
    """
    name, definition = _defined(written)
    value = written.value
    if written.source is not Source.PYPROJECT:
        if is_unset(definition.kind, value):
            return {}
        value = from_front_end(definition.kind, value, host.system)
    return {name.replace("-", "_"): definition.kind.check(value, home)}


def _defined(written: Written) -> tuple[str, Definition]:
    """Return the name and the definition of the setting that `written` sets."""
    source = written.source
    if not written.spelling:
        raise InvalidValueError("must be a table of settings")
    known = definitions()
    name = next((own for own in known if source.spelling(own) == written.spelling), None)
    if name is None:
        here = {own: source.spelling(own) for own in known if source in known[own].scope.sources}
        raise InvalidValueError(
            f"winarm has no such setting{did_you_mean(written.likely_name, here)}"
        )
    definition = known[name]
    scope = definition.scope
    if source not in scope.sources:
        places = " or ".join(f"{place.value} {place.spelling(name)}" for place in scope.sources)
        raise InvalidValueError(f"cannot be set here: {scope.reason}; use {places}")
    return name, definition


def _developer_prompt_target(host: Host) -> Target | None:
    """Return the target of a Visual Studio prompt for ARM64, which cibuildwheel imitates.

    Prompts for other machines name no target of winarm's.
    """
    architecture = host.variable("VSCMD_ARG_TGT_ARCH")
    return WIN_ARM64 if architecture and architecture.strip().lower() == WIN_ARM64.vs_arch else None
