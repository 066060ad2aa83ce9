"""The folder that goes to the target: the scripts, the copies, and the environment.

The environment is wheels and what they require, resolved for Windows ARM64.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from winarm.environment.find_python import find_python
from winarm.environment.uv import Uv, configured_uv
from winarm.errors import InterpreterError, RequirementsError, TrialError, UsageError
from winarm.host import Host, ProgramError
from winarm.project.archives import unpack
from winarm.project.pip_config import pip_configuration
from winarm.storage import scratch_folder
from winarm.target import WIN_ARM64, PythonABI
from winarm.trial import on_target
from winarm.trial.options import TrialOptions
from winarm.trial.runner import SITE, START, TEMPORARY, WORK
from winarm.trial.wheel import TriedWheel, requirements_of

#: Characters of uv's words that an error repeats.
_MOST_WORDS = 3000


@contextlib.contextmanager
def stage_for(options: TrialOptions) -> Iterator[Path]:
    """Make the folder that goes to the target, with the copies that are asked for."""
    with scratch_folder() as folder:
        stage = folder / "stage"
        for name in (SITE, START, WORK, TEMPORARY):
            (stage / name).mkdir(parents=True)
        source = Path(on_target.__file__).parent
        shutil.copyfile(source / "sitecustomize.py", stage / START / "sitecustomize.py")
        for script in ("imports.py", "command.py"):
            shutil.copyfile(source / script, stage / script)
        for path in options.copy:
            _copy(options.project, path, stage / WORK)
        yield stage


def _copy(project: Path, path: Path, work: Path) -> None:
    """Copy a file or folder of the project; a relative one keeps its place.

    :raises UsageError: it is not there.
    """
    source = project / path
    if not source.exists():
        raise UsageError(f"--copy {path}: there is no such file or folder.")
    inside = not path.is_absolute() and ".." not in path.parts
    to = work / (path if inside else path.name)
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        skipped = shutil.ignore_patterns("__pycache__", ".git", ".venv", "*.egg-info")
        shutil.copytree(source, to, ignore=skipped, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, to)


def install(
    host: Host,
    wheels: Sequence[TriedWheel],
    site: Path,
    *,
    abi: PythonABI,
    options: TrialOptions,
    step: Callable[[str], None] = lambda _: None,
) -> None:
    """Install `wheels`, their dependencies and what the options require into the folder `site`.

    :raises UsageError: a requirement cannot be read.
    :raises IsolationError: uv is needed and not installed.
    :raises TrialError: the requirements cannot be met for Windows ARM64.
    """
    for text in options.requires:
        _require_requirement(text)
    site.mkdir(parents=True, exist_ok=True)
    if (
        not options.requires
        and options.others is None
        and not any(requirements_of(wheel, abi, options.extras) for wheel in wheels)
    ):
        for wheel in wheels:
            step(f"unpacking {wheel.path.name}")
            unpack(wheel.path, site)
            _spread_data(site)
        return
    step("installing dependencies")
    _install_with_uv(host, wheels, site, abi, options)


def _install_with_uv(
    host: Host,
    wheels: Sequence[TriedWheel],
    site: Path,
    abi: PythonABI,
    options: TrialOptions,
) -> None:
    uv = configured_uv(host, pip_configuration(host))
    executable, exact = _interpreter(host, uv, abi)
    chosen = f"[{','.join(options.extras)}]" if options.extras else ""
    words = [
        *(*uv.command, "pip", "install", "--quiet", "--no-progress", "--color", "never"),
        *("--target", str(site), "--python", str(executable)),
        *("--python-platform", WIN_ARM64.msvc_triple, "--python-version", abi.version),
        *("--only-binary", ":all:", "--link-mode", "copy"),
    ]
    if options.others is None:
        words += uv.options
        words += [word for folder in options.find_links for word in ("--find-links", folder)]
    else:
        words += ["--no-index", "--no-deps", *map(str, options.others)]
    if exact:
        # An emulated Python takes ten times as long for it.
        words.append("--compile-bytecode")
    words += [f"{wheel.project}{chosen} @ {wheel.path.absolute().as_uri()}" for wheel in wheels]
    # Each requirement after "--": none can be taken for an option.
    answer = host.run(
        [*words, "--", *options.requires],
        environ={**host.environ, **uv.environ},
        timeout=1800,
    )
    if not answer.ok:
        raise _unresolved(answer.stderr, abi, wheels)
    shutil.rmtree(site / "bin", ignore_errors=True)


def _interpreter(host: Host, uv: Uv, abi: PythonABI) -> tuple[Path, bool]:
    """Return the Python that uv asks about this machine, and whether it has the target's version.

    uv takes from it whether the target is free-threaded.
    """
    if not abi.free_threaded:
        # uv's own search takes a tenth of the time of winarm's, which also looks for headers.
        environ = {**host.environ, "UV_PYTHON_DOWNLOADS": "never"}
        with contextlib.suppress(ProgramError):
            found = host.run(
                [*uv.command, "python", "find", "--system", abi.version], environ=environ
            )
            if found.ok and (path := Path(found.stdout.strip())).is_file():
                return path, True
        return host.executable, False
    try:
        return find_python(host, abi.spelling).executable, True
    except InterpreterError as error:
        raise TrialError(
            f"dependencies for Python {abi.spelling} can be found only with a Python "
            f"{abi.spelling} on this machine, and there is none.",
            cure=f"uv python install {abi.spelling}",
        ) from error


def _unresolved(words: str, abi: PythonABI, wheels: Sequence[TriedWheel]) -> RequirementsError:
    lacking = sorted(
        set(re.findall(r"Wheels are required for `([\w.-]+)`", words))
        | set(re.findall(r"\b([\w.-]+)(?:[=<>!~][^ ]*)? has no wheels with a matching", words))
    )
    cure = "Name the missing packages' folder with --find-links, or correct the requirements."
    names = [name for name in lacking if name not in {wheel.project for wheel in wheels}]
    what = f"the dependencies cannot be installed for Python {abi.spelling} on Windows ARM64"
    if names:
        what += f": no win_arm64 wheel of {', '.join(names)}"
        cure = (
            f"Build what has no wheel for Windows ARM64 and name the folder: winarm wheelhouse "
            f"{' '.join(names)} -o wheelhouse --python {abi.spelling}, then --find-links "
            "wheelhouse."
        )
    return RequirementsError(f"{what}.", why=words.strip()[-_MOST_WORDS:], cure=cure)


def _require_requirement(text: str) -> None:
    if Path(text).suffix == ".whl":
        return
    try:
        Requirement(text)
    except InvalidRequirement as error:
        raise UsageError(
            f"--requires {text!r} is not a requirement: {error}.", cure="Write it as pytest>=8."
        ) from error


def _spread_data(site: Path) -> None:
    """Move what is in `x.data/purelib` and `x.data/platlib` to where installers put it."""
    for data in site.glob("*.data"):
        for kind in ("purelib", "platlib"):
            if (data / kind).is_dir():
                shutil.copytree(data / kind, site, dirs_exist_ok=True)
        shutil.rmtree(data)
