"""What `sys`, `os`, `platform`, `sysconfig` and those that know sizes of C say on the target.

Each function returns the answers of one module by attribute; what it does not name is the host's.
"""

import contextlib
import functools
import importlib
import os
import platform
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple


class Unavailable:
    """An answer that stands for an attribute which does not exist, and why."""

    def __init__(self, why: str) -> None:
        self.why = why


class Lazy:
    """An answer that is made, from its whole name, when it is first asked for."""

    def __init__(self, make: Callable[[str], object]) -> None:
        self.make = make


class DllDirectory(contextlib.nullcontext[Any]):
    """What `os.add_dll_directory` returns: here it changes nothing."""

    def __init__(self, path: object) -> None:
        super().__init__(self)
        self.path = path

    def close(self) -> None:
        """Do nothing."""


#: Variables that are answered and not handed to programs: make takes this machine for Windows.
NOT_FOR_PROGRAMS = ("OS", "COMSPEC")


class TargetEnviron(type(os.environ)):  # type: ignore[misc]
    """`os.environ` with the variables that Windows always has, and names in any case.

    It shares the real one's content, so that what the project sets reaches its programs.
    """

    def __init__(self, always: Mapping[str, str]) -> None:
        real = os.environ
        super().__init__(
            real._data,  # type: ignore[attr-defined]
            *(real.encodekey, real.decodekey, real.encodevalue, real.decodevalue),
        )
        self.__dict__["_always"] = {name.upper(): (name, text) for name, text in always.items()}

    def _own_name(self, key: str) -> str | None:
        """Return the name, in its own case, of a variable that is set on this machine."""
        names = {name.upper(): name for name in super().__iter__()}
        return key if key in names.values() else names.get(key.upper())

    def __getitem__(self, key: str) -> str:
        """Return a variable of this machine's, in any case, or one of Windows'."""
        name = self._own_name(key)
        if name is not None:
            return str(super().__getitem__(name))
        if key.upper() in self._always:
            return str(self._always[key.upper()][1])
        raise KeyError(key)

    def __delitem__(self, key: str) -> None:
        """Remove a variable, in any case."""
        name = self._own_name(key)
        if name is not None:
            super().__delitem__(name)
        elif self._always.pop(key.upper(), None) is None:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        """Return whether there is such a variable."""
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all but those that would mislead programs of this machine."""
        own = list(super().__iter__())
        yield from own
        hidden = {*NOT_FOR_PROGRAMS, *map(str.upper, own)}
        yield from (name for upper, (name, _) in self._always.items() if upper not in hidden)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self)


def os_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `os` says on the target; paths stay the host's."""
    # A setup.py compiles that many files at a time, on this machine.
    always = {**answers["environ"], "NUMBER_OF_PROCESSORS": str(os.cpu_count() or 1)}
    for path in filter(os.path.isabs, always.values()):
        if not path.endswith(".exe"):
            os.makedirs(path, exist_ok=True)
    environ = TargetEnviron(always)

    def system(command: str) -> int:
        from . import programs

        # As on Windows, the program's own status.
        return programs.Popen(command, shell=True).wait()  # noqa: S604 - what it is for

    return {
        "name": "nt",
        "system": system,
        **lacking("os"),
        "environ": environ,
        "getenv": environ.get,
        "add_dll_directory": DllDirectory,
        # Of files that are opened here.
        **dict.fromkeys(("O_BINARY", "O_TEXT", "O_NOINHERIT"), 0),
    }


#: What setup scripts ask for, by `hasattr` or `try`, and Windows' modules do not have.
LACKING = {
    "os": "chown chroot confstr fchown fork forkpty getegid geteuid getgid getgroups getloadavg "
    "getpgid getpgrp getpriority getsid getuid initgroups killpg lchown lockf makedev mkfifo mknod "
    "nice openpty pathconf pipe2 posix_fadvise posix_fallocate posix_spawn posix_spawnp pread "
    "preadv pwrite pwritev register_at_fork sched_getaffinity sched_setaffinity sched_yield "
    "sendfile setegid seteuid setgid setgroups setpgid setpriority setsid setuid statvfs sync "
    "sysconf sysconf_names uname wait wait3 wait4 O_CLOEXEC O_DIRECT O_NOFOLLOW O_NONBLOCK "
    "O_SYNC RTLD_GLOBAL RTLD_LAZY RTLD_NOW WNOHANG",
    "select": "devpoll epoll kevent kqueue poll",
    "signal": "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGUSR1 SIGUSR2 alarm pause "
    "pthread_kill pthread_sigmask setitimer sigwait",
    "socket": "AF_NETLINK AF_PACKET AF_UNIX SO_REUSEPORT recv_fds send_fds sethostname",
    "time": "clock_gettime clock_settime pthread_getcpuclockid tzset",
}


def lacking(module: str, _answers: object = None) -> dict[str, object]:
    """Return that a module lacks what it does not have on Windows."""
    why = f"{module}.{{}} does not exist on Windows"
    return {name: Unavailable(why.format(name)) for name in LACKING[module].split()}


class FiveFields(NamedTuple):
    """What unpacks from `sys.getwindowsversion()`."""

    major: int
    minor: int
    build: int
    #: VER_PLATFORM_WIN32_NT
    platform: int = 2
    service_pack: str = ""


class WindowsVersion(FiveFields):
    """What `sys.getwindowsversion()` returns: five fields to unpack, and five by name only."""

    @property
    def platform_version(self) -> tuple[int, int, int]:
        """Return the version of the running system, which emulation may hide in the others."""
        return self[:3]

    service_pack_major = service_pack_minor = 0
    #: VER_SUITE_SINGLEUSERTS
    suite_mask = 256
    #: VER_NT_WORKSTATION
    product_type = 1


def sys_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `sys` says on the target."""
    major, minor, build = map(int, answers["windows_version"].split("."))
    windows = WindowsVersion(major, minor, build)
    return {
        "platform": "win32",
        "winver": answers["winver"],
        # CPython's own form; `sysconfig` and many a setup.py look for what stands in brackets.
        "version": f"{sys.version.partition('[')[0].strip()} [{answers['compiler']}]",
        "getwindowsversion": lambda: windows,
        **dict.fromkeys(
            ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix"), answers["prefix"]
        ),
    }


def platform_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `platform` says on the target."""
    version, machine = answers["windows_version"], answers["machine"]
    uname = platform.uname_result("Windows", platform.node(), "11", version, machine)
    # A cached property, which else asks the host.
    vars(uname)["processor"] = answers["processor"]
    values: dict[str, object] = {
        "system": "Windows",
        "machine": machine,
        "release": "11",
        "version": version,
        "processor": answers["processor"],
        "uname": uname,
        "python_compiler": answers["compiler"],
        "win32_edition": "Professional",
        "win32_is_iot": False,
    }
    functions: dict[str, object] = {name: _always(value) for name, value in values.items()}
    functions["architecture"] = lambda *_a, **_k: ("64bit", "WindowsPE")
    functions["platform"] = lambda *_a, **_k: f"Windows-11-{version}-SP0"
    functions["win32_ver"] = lambda *_a, **_k: ("11", version, "SP0", "Multiprocessor Free")
    functions["libc_ver"] = lambda *_a, **_k: ("", "")
    functions["mac_ver"] = lambda *_a, **_k: ("", ("", "", ""), "")
    return functions


def ctypes_util_answers(_answers: object) -> dict[str, object]:
    """Return what `ctypes.util` finds on the target: DLLs of the prefixes, none of this machine."""

    def find_library(name: str) -> str | None:
        folders = os.environ.get("PATH", "").split(os.pathsep)
        paths = (os.path.join(f, name + end) for f in folders for end in ("", ".dll"))
        dlls = (path for path in paths if path.lower().endswith(".dll"))
        return next(filter(os.path.isfile, dlls), None)

    return {"find_library": find_library, "find_msvcrt": _always(None)}


def machinery_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `importlib.machinery` says of the modules that are built."""
    import importlib.machinery as real

    suffixes = [answers["variables"]["EXT_SUFFIX"], ".pyd"]
    others = [*real.SOURCE_SUFFIXES, *real.BYTECODE_SUFFIXES]
    return {"EXTENSION_SUFFIXES": suffixes, "all_suffixes": _always([*others, *suffixes])}


def imp_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `_imp` says of them."""
    return {"extension_suffixes": _always(machinery_answers(answers)["EXTENSION_SUFFIXES"])}


def sysconfig_answers(answers: Mapping[str, Any]) -> dict[str, object]:
    """Return what `sysconfig` says of the thing that is being built."""
    real = sysconfig.get_config_vars()
    variables = {key: real[key] for key in WINDOWS_VARIABLES if key in real}
    variables.update(answers["variables"])
    include = variables["INCLUDEPY"]
    headers = {"include": include, "platinclude": include}

    def get_config_vars(*names: str) -> object:
        return [variables.get(name) for name in names] if names else variables

    def get_paths(*args: Any, **kwargs: Any) -> dict[str, str]:
        return {**sysconfig.get_paths(*args, **kwargs), **headers}

    def get_path(name: str, *args: Any, **kwargs: Any) -> str:
        return headers.get(name) or sysconfig.get_path(name, *args, **kwargs)

    return {
        "get_platform": _always(answers["platform"]),
        "get_config_vars": get_config_vars,
        "get_config_var": variables.get,
        "get_paths": get_paths,
        "get_path": get_path,
        "get_config_h_filename": _always(os.path.join(include, "pyconfig.h")),
    }


#: The variables that `sysconfig` has on Windows and whose values are the host's to say.
WINDOWS_VARIABLES = (
    "py_version",
    "py_version_short",
    "py_version_nodot",
    "abi_thread",
    "platlibdir",
    "userbase",
    "LIBDEST",
    "BINLIBDEST",
    "TZPATH",
)


def _always(value: object) -> Callable[[], object]:
    return lambda: value


#: Returns the answers of one module.
Answers = Callable[[Mapping[str, Any]], dict[str, object]]


def _of(module: str, function: str) -> Answers:
    """Return a function of another module of ours, imported where a project asks for it."""

    def answers(target: Mapping[str, Any]) -> dict[str, object]:
        found = importlib.import_module(f".{module}", __package__)
        return getattr(found, function)(target)  # type: ignore[no-any-return]

    return answers


#: What each module of which there are views says.
ANSWERS: dict[str, Answers] = {
    "sys": sys_answers,
    "platform": platform_answers,
    "importlib": lambda _answers: {},
    "importlib.machinery": machinery_answers,
    "_imp": imp_answers,
    "sysconfig": sysconfig_answers,
}
if os.name != "nt":
    # On Windows these are what they are on the target.
    ANSWERS |= {
        "os": os_answers,
        **{name: functools.partial(lacking, name) for name in LACKING if name != "os"},
        "ctypes": _of("sizes", "ctypes_answers"),
        "ctypes.wintypes": _of("sizes", "wintypes_answers"),
        "ctypes.util": ctypes_util_answers,
        "subprocess": _of("programs", "subprocess_answers"),
        "struct": _of("sizes", "struct_answers"),
        "array": _of("sizes", "array_answers"),
    }
