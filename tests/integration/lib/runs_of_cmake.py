"""A build backend that builds each folder in `cases` with CMake, so that one build tries many.

What CMake said is left in `said.txt` of the folder, its exit status in `status.txt`; the modules
are in the wheel, so that they are verified.
"""

import subprocess
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

WHEEL = """\
Wheel-Version: 1.0
Generator: runs
Root-Is-Purelib: false
Tag: {tag}-{tag}-win_arm64
"""


def build_wheel(
    wheel_directory: str, config_settings: object = None, metadata_directory: object = None
) -> str:
    """Build all cases, whatever becomes of each, and pack their modules."""
    del config_settings, metadata_directory
    members: dict[str, bytes] = {}
    for case in sorted(Path("cases").iterdir()):
        run_cmake(case)
        modules = case.glob("build/*.pyd")
        members |= {f"{case.name}/{file.name}": file.read_bytes() for file in modules}
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    info = "runs-1.dist-info"
    members[f"{info}/METADATA"] = b"Metadata-Version: 2.1\nName: runs\nVersion: 1\n"
    members[f"{info}/WHEEL"] = WHEEL.format(tag=tag).encode()
    members[f"{info}/RECORD"] = record(members, f"{info}/RECORD")
    name = f"runs-1-{tag}-{tag}-win_arm64.whl"
    with ZipFile(Path(wheel_directory, name), "w") as wheel:
        for member, data in members.items():
            wheel.writestr(member, data)
    return name


def run_cmake(case: Path) -> None:
    """Configure and build one case."""
    built = case / "build"
    configure = ("cmake", "-S", case, "-B", built, "-DCMAKE_BUILD_TYPE=Release")
    with (case / "said.txt").open("wb") as said:
        for command in (configure, ("cmake", "--build", built)):
            done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, check=False)
            if done.returncode:
                break
    (case / "status.txt").write_text(str(done.returncode))


def record(members: dict[str, bytes], itself: str) -> bytes:
    """Return what RECORD says of the members."""
    digests = {name: urlsafe_b64encode(sha256(data).digest()) for name, data in members.items()}
    lines = [
        f"{name},sha256={digest.rstrip(b'=').decode()},{len(members[name])}"
        for name, digest in digests.items()
    ]
    return "\n".join([*lines, f"{itself},,", ""]).encode()
