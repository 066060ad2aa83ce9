"""Debian's and Ubuntu's packages, fetched and unpacked beside the system's own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_string
from pathlib import Path

from winarm.errors import TrialError
from winarm.host import Host, ProgramError

#: Releases whose Wine runs ARM64 programs, the oldest first, and those that are too old.
RELEASES = {
    "debian": ("trixie", "forky", "sid"),
    "ubuntu": ("plucky", "questing", "resolute"),
}
#: Ubuntu has the packages of other processors in another place.
_UBUNTU_PORTS = "http://ports.ubuntu.com/ubuntu-ports"
_COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
#: Settings of the machine's apt that are kept: how it reaches the network.
_KEPT = re.compile(r"Acquire::(https?|ftp|ForceIPv[46]|Retries|AuthFile|ProxyAutoDetect)\b.*")
_WORDS = 1500


@dataclass(frozen=True, slots=True)
class Distribution:
    """The machine's distribution, and where its packages come from."""

    #: `debian` or `ubuntu`.
    name: str
    #: The machine's own release, `bookworm`, and the one that packages are taken from.
    release: str
    suite: str
    mirror: str
    keyring: str


def read_distribution(system: Path = Path("/")) -> Distribution:
    """Return what the machine is.

    :raises TrialError: it is neither Debian nor Ubuntu, or has no release with a usable Wine.
    """
    facts = _os_release(system)
    likes = (facts.get("ID", ""), *facts.get("ID_LIKE", "").split())
    name = next((known for known in likes if known in RELEASES), "")
    if not name:
        what = facts.get("PRETTY_NAME") or "not a Linux distribution that says its name"
        raise TrialError(
            f"this machine is {what}; the runners are made on Debian and Ubuntu.", cure=ELSEWHERE
        )
    own = facts.get("VERSION_CODENAME", "sid") if facts.get("ID") in RELEASES else ""
    suite = own if own in RELEASES[name] else RELEASES[name][0]
    if name == "ubuntu" and own != suite:
        raise TrialError(
            f"the Wine of {facts.get('PRETTY_NAME', own)} does not run ARM64 programs.",
            cure=f"Ubuntu 25.04 or later has one that does. {ELSEWHERE}",
        )
    entries = list(_entries(system / "etc" / "apt"))
    entry = next((entry for entry in entries if own in entry.suites), None)
    if entry is None:
        raise TrialError(
            f"no package source of {name} {own} was found in {system / 'etc' / 'apt'}.",
            cure=ELSEWHERE,
        )
    default = f"/usr/share/keyrings/{name}-archive-keyring.gpg"
    keyring = entry.signed_by if entry.signed_by.startswith("/") else default
    return Distribution(name, own, suite, entry.uri.rstrip("/"), keyring)


#: What helps on machines that are not one of these.
ELSEWHERE = (
    "Otherwise use a Debian container, a Windows-on-Arm machine with --runner ssh:HOST, or a "
    "program that runs a script in Python for Windows ARM64 with --runner command:PROGRAM."
)


@dataclass(frozen=True, slots=True)
class Packages:
    """A private apt, which knows nothing of what is installed on the machine."""

    host: Host
    folder: Path

    def update(self, distribution: Distribution, machine: str) -> None:
        """Fetch the lists of packages for ARM64 and for the machine's own processor.

        :raises TrialError: they cannot be fetched.
        """
        for name in (
            *("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "etc/trusted.gpg.d"),
            *("var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg"),
        ):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "var/lib/dpkg/status").touch()
        (self.folder / "etc/sources.list").write_text(sources(distribution, machine), "utf-8")
        (self.folder / "apt.conf").write_text(self._configuration(machine), "utf-8")
        self.call("apt-get", "--quiet", "update")

    def size(self, names: Sequence[str]) -> int:
        """Return how many bytes are fetched for packages.

        :raises TrialError: there is no such package.
        """
        said = self.call("apt-get", "--quiet", "--print-uris", "download", *names)
        return sum(int(line.split()[2]) for line in said.splitlines() if line.startswith("'"))

    def download(
        self, names: Sequence[str], into: Path, tick: Callable[[], None] = lambda: None
    ) -> tuple[Path, ...]:
        """Fetch packages; apt compares their hashes with the signed lists.

        :raises TrialError: they cannot be fetched.
        """
        into.mkdir(parents=True, exist_ok=True)
        self.call("apt-get", "--quiet", "download", *names, cwd=into, tick=tick)
        return tuple(sorted(into.glob("*.deb")))

    def unpack(self, package: Path, into: Path) -> None:
        """Unpack a package's files.

        :raises TrialError: it cannot be unpacked.
        """
        into.mkdir(parents=True, exist_ok=True)
        self.call("dpkg-deb", "--extract", str(package), str(into))

    def call(
        self, *words: str, cwd: Path = Path("/"), tick: Callable[[], None] = lambda: None
    ) -> str:
        """Run a program of apt's with the private configuration, and return what it says.

        :param tick: called about ten times a second.
        :raises TrialError: it fails.
        """
        own = {"APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C.UTF-8"}
        said = bytearray()
        try:
            status = self.host.stream(
                words, environ={**self.host.environ, **own}, cwd=cwd, output=said.extend, tick=tick
            )
        except ProgramError as error:
            raise TrialError(error.what, cure=ELSEWHERE) from error
        text = said.decode("utf-8", "replace")
        if status:
            raise _failed(words, text)
        return text

    def _configuration(self, machine: str) -> str:
        try:
            answer = self.host.run(["apt-config", "dump"], timeout=60)
        except ProgramError as error:
            raise TrialError(error.what, cure=ELSEWHERE) from error
        kept = [line for line in answer.stdout.splitlines() if _KEPT.match(line)]
        own = {
            "Dir": str(self.folder),
            "Dir::Etc": "etc",
            "Dir::Etc::parts": "apt.conf.d",
            "Dir::State::status": str(self.folder / "var/lib/dpkg/status"),
            "APT::Architecture": "arm64",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
        }
        lines = [f'{name} "{value}";' for name, value in own.items()]
        others = {"arm64", _architecture(machine)}
        lines.append(
            "APT::Architectures { " + " ".join(f'"{one}";' for one in sorted(others)) + " };"
        )
        return "\n".join([*lines, *kept, ""])


def sources(distribution: Distribution, machine: str) -> str:
    """Return the text of a list of sources: ARM64's packages, and the machine's own."""
    components = _COMPONENTS[distribution.name]
    own = _architecture(machine)
    mirrors = {"arm64": distribution.mirror, own: distribution.mirror}
    if distribution.name == "ubuntu" and own != "arm64":
        mirrors["arm64"] = _UBUNTU_PORTS
    return "".join(
        f"deb [arch={architecture} signed-by={distribution.keyring}] {mirror} "
        f"{distribution.suite} {components}\n"
        for architecture, mirror in mirrors.items()
    )


def _architecture(machine: str) -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _failed(words: Sequence[str], said: str) -> TrialError:
    lines = [line for line in said.splitlines() if line.startswith(("E:", "W:"))] or [said]
    return TrialError(
        f"{shlex.join(words[:4])} failed.",
        why="\n".join(lines)[-_WORDS:].strip(),
        cure="Check the network, the proxy of apt and the free space, and try again.",
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    uri: str
    suites: tuple[str, ...]
    signed_by: str


def _entries(apt: Path) -> Iterator[_Entry]:
    """Yield the machine's sources of binary packages, in both formats of apt."""
    for file in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        try:
            text = file.read_text("utf-8", "replace")
        except OSError:
            continue
        if file.suffix == ".list":
            yield from _lines(text)
        elif file.suffix == ".sources":
            yield from _stanzas(text)


_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)", re.MULTILINE
)


def _lines(text: str) -> Iterator[_Entry]:
    for found in _LINE.finditer(text):
        signed = re.search(r"signed-by=(\S+)", found["options"] or "")
        yield _Entry(found["uri"], (found["suite"],), signed[1] if signed else "")


def _stanzas(text: str) -> Iterator[_Entry]:
    for stanza in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)):
        # A stanza has the form of a message's header, as of RFC 822.
        found = message_from_string(stanza.lstrip())
        uris = found.get("URIs", "").split()
        enabled = found.get("Enabled", "yes").strip().lower() not in {"no", "false"}
        if uris and enabled and "deb" in found.get("Types", "").split():
            suites = tuple(found.get("Suites", "").split())
            yield _Entry(uris[0], suites, found.get("Signed-By", "").strip())


def _os_release(system: Path) -> dict[str, str]:
    try:
        text = (system / "etc" / "os-release").read_text("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name: value.strip().strip("\"'") for name, equals, value in pairs if equals}
