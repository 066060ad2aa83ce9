"""uv: how to start it, and how to make it install what pip would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import IsolationError
from winarm.host import Host, ProgramError

if TYPE_CHECKING:
    from winarm.project.pip_config import PipConfiguration

#: If one of these is set, the user has configured uv's package sources.
_INDEX_VARIABLES = (
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_OFFLINE",
)
#: Options of pip's that decide what is installed, and what uv calls them.
_OPTIONS = {"build-constraint": "build-constraints", "uploaded-prior-to": "exclude-newer"}
#: uv waits this long by itself, in seconds.
_UV_TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Uv:
    """How to start uv, with the options and variables that make it use pip's package sources."""

    command: tuple[str, ...]
    #: Options for `uv pip install`.
    options: tuple[str, ...] = ()
    #: Variables on top of the environment; passwords inside URLs stay off command lines.
    environ: Mapping[str, str] = field(default_factory=dict)


def find_uv(host: Host) -> tuple[str, ...] | None:
    """Return the beginning of a command line that starts uv, or None when there is none."""
    for command in _candidates(host):
        try:
            answer = host.run([*command, "--version"], timeout=10)
        except ProgramError:
            continue
        # A pyenv shim of a version that is not active exits with 127.
        if answer.ok and answer.stdout.startswith("uv "):
            return command
    return None


def configured_uv(host: Host, pip: PipConfiguration) -> Uv:
    """Return uv set up to install what pip would.

    uv does not read pip's configuration. If the user has configured uv's own package sources, they
    are used as they are.

    :raises IsolationError: uv is not installed.
    """
    command = find_uv(host)
    if command is None:
        raise IsolationError(
            "uv is not installed, which makes the environments of builds.",
            cure='pip install "winarm[cli]"',
        )
    if any(map(host.variable, _INDEX_VARIABLES)):
        return Uv(command)
    environ = dict(_index_variables(pip)) | dict(_network_variables(host, pip))
    options = ("--no-index",) if pip.index is None else ()
    selective = tuple(
        word
        for name, values in pip.selective
        for value in values
        for word in (f"--{_OPTIONS.get(name, name)}", value)
    )
    environ = {name: value for name, value in environ.items() if not host.variable(name)}
    return Uv(command, (*options, *selective), environ)


def _candidates(host: Host) -> Iterator[tuple[str, ...]]:
    name = "uv.exe" if host.system == "windows" else "uv"
    # The one that winarm was installed with; on PATH there may be a script of pyenv before one.
    beside = host.executable.with_name(name)
    if beside.exists():
        yield (str(beside),)
    if found := host.which("uv"):
        yield (str(found),)
    yield (str(host.executable), "-I", "-m", "uv")


def _index_variables(pip: PipConfiguration) -> Iterator[tuple[str, str]]:
    if pip.index_is_chosen and pip.index:
        yield "UV_DEFAULT_INDEX", pip.index
    if pip.extra_indexes:
        yield "UV_EXTRA_INDEX_URL", " ".join(pip.extra_indexes)
        # pip takes the best version of all indexes; uv by itself that of the first.
        yield "UV_INDEX_STRATEGY", "unsafe-best-match"
    if pip.find_links:
        yield "UV_FIND_LINKS", ",".join(pip.find_links)
    if pip.constraints:
        # pip applies them to what builds its requirements too.
        yield "UV_CONSTRAINT", " ".join(pip.constraints)
        yield "UV_BUILD_CONSTRAINT", " ".join(pip.constraints)
    if pip.trusted_hosts:
        yield "UV_INSECURE_HOST", " ".join(pip.trusted_hosts)


def _network_variables(host: Host, pip: PipConfiguration) -> Iterator[tuple[str, str]]:
    if pip.certificates and not (host.variable("SSL_CERT_FILE") or host.variable("SSL_CERT_DIR")):
        kind = "SSL_CERT_DIR" if Path(pip.certificates).is_dir() else "SSL_CERT_FILE"
        yield kind, str(pip.certificates)
    if pip.client_certificate:
        yield "SSL_CLIENT_CERT", str(pip.client_certificate)
    if pip.proxy:
        yield "HTTP_PROXY", pip.proxy
        yield "HTTPS_PROXY", pip.proxy
    if pip.timeout > _UV_TIMEOUT:
        yield "UV_HTTP_TIMEOUT", str(int(pip.timeout))
