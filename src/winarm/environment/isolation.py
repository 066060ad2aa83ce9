"""An isolated environment for a build, made for any interpreter.

The `build` package's own one is always made for the Python that runs it; a wheel for another
version needs an environment of that version. uv makes and fills one in 0.2 s where venv and pip
take 5 s, so uv does it when it is there and can do what pip is configured to do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from winarm.environment.install_failure import LastLines, not_installed, not_made
from winarm.environment.uv import configured_uv
from winarm.errors import IsolationError
from winarm.host import ProgramError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winarm.environment.interpreter import Interpreter
    from winarm.environment.uv import Uv
    from winarm.host import Host
    from winarm.project.pip_config import PipConfiguration

#: Variables that make a Python look for its modules somewhere else.
_PYTHON_VARIABLES = frozenset(
    (
        "PYTHONEXECUTABLE",
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONPLATLIBDIR",
        "VIRTUAL_ENV",
        "__PYVENV_LAUNCHER__",
    )
)
#: Variables that say what a build is for. A requirement that is built from source while the
#: environment is filled runs on the host, whatever the project is built for.
_CROSS_VARIABLES = frozenset(
    (
        "DISTUTILS_USE_SDK",
        "DIST_EXTRA_CONFIG",
        "MSSDK",
        "SETUPTOOLS_EXT_SUFFIX",
        "VSCMD_ARG_TGT_ARCH",
        "_PYTHON_HOST_PLATFORM",
        "_PYTHON_PROJECT_BASE",
        "_PYTHON_SYSCONFIGDATA_NAME",
        "_PYTHON_SYSCONFIGDATA_PATH",
    )
)
#: Options of pip and uv that would choose another place, or another Python.
_ELSEWHERE = frozenset(
    (
        "PIP_DRY_RUN",
        "PIP_PREFIX",
        "PIP_PYTHON",
        "PIP_ROOT",
        "PIP_TARGET",
        "PIP_USER",
        "UV_MANAGED_PYTHON",
        "UV_PYTHON",
        "UV_PYTHON_PREFERENCE",
        "UV_SYSTEM_PYTHON",
    )
)
#: `pip --python` came with 22.3.
_PIP_WITH_PYTHON = (22, 3)
#: Seconds to make an empty environment; a cold disk and a virus scanner included.
_VENV_TIMEOUT = 180


@dataclass(frozen=True, slots=True)
class _Installer:
    """A command that installs the requirements put after it, and what it needs around it."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True)
class IsolatedEnvironment:
    """A virtual environment that nothing but one build's requirements gets into."""

    python: Path
    #: The folder of its programs.
    scripts: Path
    #: The folder of its modules.
    site_packages: Path
    _host: Host
    _installer: _Installer

    def install(
        self,
        requirements: Sequence[str],
        *,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Install `requirements`, handing on what the installer prints.

        :param tick: called about ten times a second meanwhile.
        :raises IsolationError: they cannot be installed, or one is not a requirement.
        """
        checked = [str(_requirement(written)) for written in requirements]
        if not checked:
            return
        last = LastLines()

        def hear(chunk: bytes) -> None:
            last.add(chunk)
            output(chunk)

        try:
            status = self._host.stream(
                [*self._installer.command, *checked],
                environ=self._installer.environ,
                cwd=self._installer.cwd,
                output=hear,
                tick=tick,
            )
        except ProgramError as error:
            raise IsolationError(error.what) from error
        if status != 0:
            raise not_installed(checked, last.text())

    def environ(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with this environment's programs first and no other Python's modules."""
        kept = {name: value for name, value in base.items() if name not in _PYTHON_VARIABLES}
        kept["PATH"] = os.pathsep.join(filter(None, (str(self.scripts), base.get("PATH"))))
        return kept


def isolated(
    host: Host, interpreter: Interpreter, folder: Path, pip: PipConfiguration
) -> IsolatedEnvironment:
    """Make an empty environment of `interpreter` in `folder`, which must not exist yet.

    :raises IsolationError: it cannot be made.
    """
    environ = _installer_environ(host)
    scripts = folder / ("Scripts" if host.system == "windows" else "bin")
    python = scripts / ("python.exe" if host.system == "windows" else "python")
    if uv := configured_uv(host, pip):
        environ |= {"UV_PYTHON_DOWNLOADS": "never", **uv.environ}
        make: list[str | Path] = [*uv.command, "venv", "-q", "--python"]
        _make(host, [*make, interpreter.executable, folder], environ, folder.parent)
        # uv takes settings from the folder that it runs in: another project's do not count here.
        installer = _Installer(_uv_command(uv, python), environ, folder)
    else:
        shared = _has_pip_with_python(host, environ)
        make = [interpreter.executable, "-I", "-m", "venv"]
        _make(host, [*make, *(["--without-pip"] if shared else []), folder], environ, folder.parent)
        # Relative paths in pip's options count from where the user stands.
        installer = _Installer(_pip_command(host, python, shared=shared), environ, Path.cwd())
    return IsolatedEnvironment(
        python, scripts, _modules(host, interpreter, folder), host, installer
    )


def _modules(host: Host, interpreter: Interpreter, folder: Path) -> Path:
    if host.system == "windows":
        return folder / "Lib" / "site-packages"
    threading = "t" if interpreter.abi.free_threaded else ""
    return folder / "lib" / f"python{interpreter.abi.version}{threading}" / "site-packages"


def without_winarm(requirements: Sequence[str]) -> list[str]:
    """Return `requirements` without those on winarm itself: the running one meets them.

    :raises IsolationError: one is not a requirement.
    """
    return [r for r in requirements if canonicalize_name(_requirement(r).name) != "winarm"]


def _requirement(written: str) -> Requirement:
    try:
        return Requirement(written)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        message = f"the project requires {written!r} to be built, which is no requirement: {reason}"
        raise IsolationError(
            message, cure="Write it as PEP 508 has it, such as setuptools>=77."
        ) from None


def _installer_environ(host: Host) -> dict[str, str]:
    """Return the host's environment without what would mislead an installer."""
    misleading = _PYTHON_VARIABLES | _CROSS_VARIABLES | _ELSEWHERE
    return {
        name: value
        for name, value in host.environ.items()
        if name.upper() not in misleading and not name.startswith(("UV_VENV_", "WINARM_"))
    }


def _uv_command(uv: Uv, python: Path) -> tuple[str, ...]:
    return (*uv.command, "pip", "install", *uv.options, "--python", str(python), "--")


def _pip_command(host: Host, python: Path, *, shared: bool) -> tuple[str, ...]:
    pip: tuple[str, ...]
    if shared:
        pip = (str(host.executable), "-I", "-m", "pip", "--python", str(python))
    else:
        pip = (str(python), "-I", "-m", "pip")
    # A build imports a few modules of what it requires: compiling all of them takes longer.
    return (*pip, "install", "--disable-pip-version-check", "--no-user", "--no-compile", "--")


def _has_pip_with_python(host: Host, environ: Mapping[str, str]) -> bool:
    """Tell whether the Python that runs winarm has a pip that can install for another one."""
    try:
        answer = host.run([host.executable, "-I", "-m", "pip", "--version"], environ=environ)
    except ProgramError:
        return False
    # It says: pip 24.2 from /usr/lib/python3/dist-packages/pip (python 3.12).
    version = answer.stdout.partition(" from ")[0].removeprefix("pip ").split(".")[:2]
    return (
        answer.ok
        and all(part.isdecimal() for part in version)
        and tuple(map(int, version)) >= _PIP_WITH_PYTHON
    )


def _make(host: Host, command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path) -> None:
    try:
        answer = host.run(command, environ=environ, cwd=cwd, timeout=_VENV_TIMEOUT)
    except ProgramError as error:
        raise IsolationError(error.what) from error
    if answer.ok:
        return
    last = LastLines()
    last.add((answer.stdout + answer.stderr).encode())
    raise not_made(last.text())
