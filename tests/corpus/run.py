"""Build real projects for ARM64 Windows, verify them, use them there, and tell how it went.

    python tests/corpus/run.py                       # all of packages.toml
    python tests/corpus/run.py markupsafe regex      # some of it
    python tests/corpus/run.py --small               # the few that every CI run builds

Each project is built from its sdist by `winarm build NAME==VERSION`; the wheel goes through
`winarm verify`; then `winarm test` imports every extension module in it and runs
`uses/use_NAME.py` on an ARM64 Python, where the variables that CONTRIBUTING.md names say how.
Ends with 0 when everything that was tried worked.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).parent

#: Seconds for one step of one project.
TIMEOUT = 1200

#: Imports each module by itself, so that a failure names it. What the Python lacks of its own
#: library, such as tkinter, is no fault of a module.
IMPORT_ALL = """\
import importlib, sys
for name in {modules!r}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        lacking = isinstance(error, ModuleNotFoundError) and error.name
        if lacking in sys.stdlib_module_names:
            continue
        raise SystemExit(f"import {{name}}: {{error!r}}")
"""


@dataclass(frozen=True)
class Package:
    """One project of packages.toml; the fields are explained there."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    imports: bool = True
    small: bool = False
    note: str = ""

    @property
    def use(self) -> Path:
        """The script that uses it and checks the answers."""
        return HERE / "uses" / f"use_{self.name}.py"


@dataclass(frozen=True)
class Outcome:
    """How far a project came; None for a step that was not tried."""

    package: Package
    built: bool | None = None
    verified: bool | None = None
    imported: bool | None = None
    seconds: float = 0
    cause: str = ""

    @property
    def good(self) -> bool:
        """Whether no step failed."""
        return False not in {self.built, self.verified, self.imported}


def main() -> int:
    """Try the projects that the command line names."""
    options = parsed(sys.argv[1:])
    arm64 = trial_environ()
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as temporary:
        for package in chosen(options.names, Path(options.packages), small=options.small):
            folder = Path(options.keep or temporary) / package.name
            outcome = attempt(package, folder, options, arm64)
            outcomes.append(outcome)
            print(row(outcome), flush=True)
    table = rendered(outcomes, options.python, arm64=bool(arm64))
    if options.record:
        Path(options.record).write_text(table, encoding="utf-8")
    print(table)
    return 0 if all(outcome.good for outcome in outcomes) else 1


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build real projects for ARM64 Windows.")
    parser.add_argument("names", nargs="*", help="projects of packages.toml; all without one")
    parser.add_argument("--packages", default=HERE / "packages.toml", help="another list")
    parser.add_argument("--small", action="store_true", help="only the small ones")
    parser.add_argument("--python", default="3.13", help="version of the ARM64 Python")
    parser.add_argument("--record", metavar="FILE", help="keep the table in FILE")
    parser.add_argument("--wheels", metavar="DIR", help="try what --keep left there; build nothing")
    parser.add_argument("--keep", metavar="DIR", help="keep wheels and output in DIR")
    return parser.parse_args(arguments)


def chosen(names: Sequence[str], listed: Path, *, small: bool) -> list[Package]:
    """Read a list of packages and pick the projects of these names, or all."""
    text = listed.read_text(encoding="utf-8")
    packages = {entry["name"]: package_from(entry) for entry in tomllib.loads(text)["package"]}
    unknown = set(names) - set(packages)
    if unknown:
        sys.exit(f"not in {listed}: {', '.join(sorted(unknown))}")
    picked = [packages[name] for name in names] if names else list(packages.values())
    return [package for package in picked if package.small or not small]


def package_from(entry: dict[str, object]) -> Package:
    """Make the value of one entry."""
    fields = {("imports" if key == "import" else key): value for key, value in entry.items()}
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return Package(**{**fields, **lists})  # type: ignore[arg-type]


def attempt(
    package: Package, folder: Path, options: argparse.Namespace, arm64: Mapping[str, str]
) -> Outcome:
    """Take one project as far as it goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    outcome = Outcome(package)
    if options.wheels:
        found = Path(options.wheels) / package.name
    else:
        found = folder
        outcome, said = build(package, folder, options.python)
        if not outcome.built:
            return replace(outcome, cause=cause_in(said))
    (wheel,) = found.glob("*.whl")
    status, said = run([program("winarm"), "verify", wheel], folder / "verify.log")
    outcome = replace(outcome, verified=status == 0)
    if not outcome.verified:
        return replace(outcome, cause=cause_in(said))
    if not arm64:
        return outcome
    status, said = use_on_target(package, wheel, folder, options.python, arm64)
    return replace(outcome, imported=status == 0, cause="" if status == 0 else cause_in(said))


def build(package: Package, folder: Path, python: str) -> tuple[Outcome, str]:
    """Build one project's wheel into `folder`; return how that went and what was said."""
    began = time.monotonic()
    settings = [part for setting in package.settings for part in ("-C", setting)]
    asked = ("build", f"{package.name}=={package.version}", "--python", python, *settings)
    status, said = run([program("winarm"), *asked, "-o", folder], folder / "build.log")
    return Outcome(package, built=status == 0, seconds=time.monotonic() - began), said


def trial_environ() -> dict[str, str]:
    """Return the variables with which `winarm test` finds an ARM64 Python; none without one."""
    command = os.environ.get("WINARM_TEST_ARM64_PYTHON")
    runner = os.environ.get("WINARM_TEST_RUNNER") or (f"command:{command}" if command else "")
    if not runner:
        return {}
    given = {
        "WINARM_RUNNER": runner,
        "WINARM_CACHE_DIR": os.environ.get("WINARM_TEST_BENCH"),
        "WINARM_TARGET_PYTHON": os.environ.get("WINARM_TEST_TARGET_PYTHON"),
    }
    return {name: value for name, value in given.items() if value}


def use_on_target(
    package: Package, wheel: Path, folder: Path, python: str, arm64: Mapping[str, str]
) -> tuple[int, str]:
    """Import and use a wheel in the ARM64 Python; return the exit status and what was said."""
    with zipfile.ZipFile(wheel) as archive:
        modules = module_names(archive.namelist()) if package.imports else []
    script = folder / f"try_{package.name}.py"
    use = package.use.read_text(encoding="utf-8")
    script.write_text(use + IMPORT_ALL.format(modules=modules), encoding="utf-8")
    requires = [word for requirement in package.requires for word in ("--requires", requirement)]
    trial: list[str | Path] = [
        program("winarm"),
        "test",
        wheel,
        "--python",
        python,
        "--copy",
        script,
        *requires,
    ]
    return run([*trial, "--", "python", script.name], folder / "use.log", {**os.environ, **arm64})


def module_names(files: Iterable[str]) -> list[str]:
    """Return the import names of the extension modules among a wheel's files."""
    modules = (name for name in files if name.endswith(".pyd") and ".data/" not in name)
    return sorted(
        "/".join((*name.split("/")[:-1], name.split("/")[-1].split(".")[0])).replace("/", ".")
        for name in modules
    )


def run(
    command: Sequence[str | Path], log: Path, environ: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command to its end; return its exit status and what it said, which `log` keeps."""
    with log.open("wb") as output:
        try:
            status = subprocess.run(
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                # A file: services that an emulator leaves behind would hold a pipe open.
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            output.write(f"\nno end within {TIMEOUT} s".encode())
            status = -1
    return status, log.read_text(encoding="utf-8", errors="replace")


def program(name: str) -> Path:
    """Return a program that is installed beside this Python."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        sys.exit(f"{name} is not installed beside {sys.executable}")
    return Path(found)


def cause_in(said: str) -> str:
    """Return the line of a failure's output that tells most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("winarm:", "error:", "import "))]
    return (telling or lines or ["it said nothing"])[-1]


MARKS = {True: "yes", False: "**no**", None: "-"}


def row(outcome: Outcome) -> str:
    """Return one line of the table."""
    words = "; ".join(filter(None, (outcome.cause.removesuffix("."), outcome.package.note)))
    cells = (
        f"{outcome.package.name} {outcome.package.version}",
        *(MARKS[step] for step in (outcome.built, outcome.verified, outcome.imported)),
        f"{outcome.seconds:.0f}",
        words.replace("|", "\\|"),
    )
    return f"| {' | '.join(cells)} |"


def rendered(outcomes: Sequence[Outcome], python: str, *, arm64: bool) -> str:
    """Return the whole table, with what made it."""
    used = sum(outcome.imported is True for outcome in outcomes)
    counts = (
        f"{len(outcomes)} projects: {sum(outcome.built is True for outcome in outcomes)} built, "
        f"{sum(outcome.verified is True for outcome in outcomes)} verified, "
        + (f"{used} imported and used on ARM64 Windows." if arm64 else "no ARM64 Python to try.")
    )
    origin = (
        f"winarm {version('winarm')}, ziglang {version('ziglang')}, CPython {python}, on "
        f"{platform.system()} {platform.machine()} with {os.cpu_count()} cores. "
        "Made by `nox -s corpus`."
    )
    lines = (
        "# Real projects, built for win_arm64",
        "",
        origin,
        "",
        counts,
        "",
        "| package | built | verified | imported on ARM64 | seconds | cause of failure, or note |",
        "| --- | --- | --- | --- | ---: | --- |",
        *map(row, outcomes),
        "",
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
