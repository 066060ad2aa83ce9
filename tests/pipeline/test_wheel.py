"""The way from a project to a verified wheel, with a backend of the test's and no compiler."""

from __future__ import annotations

import errno
import json
import sys
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm import events
from winarm.config import Settings
from winarm.environment.interpreter import ask
from winarm.errors import (
    BuildFailedError,
    FileSystemError,
    MissingExtensionsError,
    VerificationError,
)
from winarm.host import Host
from winarm.pipeline.wheel import BuiltWheel, build_and_verify, call_early, is_extension
from winarm.project.build_system import InnerBackend
from winarm.verify import Evidence, ImageSummary, Report, Severity, VerifyOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.plan import Build, EquippedBuild

#: Makes the wheel that its config settings describe, and tells of extensions as the child does.
BACKEND = """\
import base64, hashlib, json, os, sys, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    settings = config_settings or {}
    with open(os.environ["WINARM_CHILD"]) as file:
        spec = json.load(file)
    with open("seen.json", "w") as file:
        json.dump([sys.platform, os.path.dirname(os.environ["WINARM_CHILD"])], file)
    if "declared" in settings:
        with open(spec["journal"], "a") as file:
            for line in (
                {"event": "declared", "names": settings["declared"]},
                {"event": "failed", "doing": "compile", "subject": "x.c", "output": "error: x"},
            ):
                file.write(json.dumps(line) + "\\n")
    for name, file in settings.get("built", {}).items():
        line = {"event": "file", "extension": name, "file": file}
        with open(spec["journal"], "a") as journal:
            journal.write(json.dumps(line) + "\\n")
    if "lost" in settings:
        with open(spec["journal"], "a") as file:
            file.write(json.dumps({"event": "declared", "names": settings["lost"]}) + "\\n")
        print("building x\\nx.lib: the build of x failed\\ngoing on without", flush=True)
    if "raise" in settings:
        raise ValueError(settings["raise"])
    if "says" in settings:
        return settings["says"]
    tag = "cp313-cp313-win_arm64" if settings.get("files") else "py3-none-any"
    members = {
        **settings.get("files", {}),
        "sample.py": "",
        "sample-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: sample\\nVersion: 1\\n",
        "sample-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: a test\\n"
        f"Root-Is-Purelib: {str(not settings.get('files')).lower()}\\nTag: {tag}\\n",
    }
    record = "sample-1.dist-info/RECORD"
    lines = []
    with zipfile.ZipFile(os.path.join(folder, f"sample-1-{tag}.whl"), "w") as archive:
        for name, text in members.items():
            data = text.encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            lines.append(f"{name},sha256={digest},{len(data)}\\n")
            archive.writestr(name, data)
        archive.writestr(record, "".join(lines) + f"{record},,\\n")
    return f"sample-1-{tag}.whl"
def get_requires_for_build_wheel(config_settings=None):
    return [sys.platform, str(config_settings)]
"""


@dataclass
class Building:
    """A build, what is heard of it, and the folder for its wheel."""

    build: EquippedBuild
    out: Path
    heard: list[events.Event] = field(default_factory=list)

    def with_settings(self, **config_settings: Any) -> EquippedBuild:  # noqa: ANN401 - the backend's
        return replace(self.build, config_settings=config_settings)

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir()) if self.out.exists() else []


@pytest.fixture
def building(tmp_path: Path, make_build: Callable[..., EquippedBuild]) -> Building:
    made = make_build("inner")
    made.folder.mkdir()
    (made.folder / "inner.py").write_text(BACKEND)
    real = Host.current()
    host = replace(real, environ={**real.environ, "WINARM_CACHE_DIR": str(tmp_path / "cache")})
    heard: list[events.Event] = []
    build = replace(
        made,
        host=host,
        project=replace(made.project, backend=InnerBackend("inner", (".",))),
        interpreter=ask(host, Path(sys.executable)),
        python=Path(sys.executable),
        environ=host.environ,
        site_folders=(),
        listener=heard.append,
    )
    return Building(build, tmp_path / "out", heard)


def with_verify(build: EquippedBuild, options: VerifyOptions) -> EquippedBuild:
    settings = replace(build.settings, verify=options)
    return replace(build, project=replace(build.project, settings=settings))


class TestBuildWheel:
    def test_a_good_wheel_reaches_its_folder(self, building: Building) -> None:
        built = build_and_verify(building.build, building.out)

        assert built.path == building.out / "sample-1-py3-none-any.whl"
        assert built.pure
        assert zipfile.is_zipfile(built.path)
        steps = [event.what for event in building.heard if isinstance(event, events.Step)]
        assert steps == ["building", "verifying"]

    def test_a_wheel_that_is_not_approved_is_withheld(self, building: Building) -> None:
        def refuse(build: Build, wheel: Path, report: Report) -> Report:
            assert report.ok
            raise BuildFailedError(wheel.name)

        with pytest.raises(BuildFailedError, match=r"sample-1-py3-none-any\.whl"):
            build_and_verify(building.build, building.out, approve=refuse)

        assert not building.out.exists()

    def test_the_report_of_an_approved_wheel_is_the_approvers(self, building: Building) -> None:
        def approve(build: Build, wheel: Path, report: Report) -> Report:
            return replace(report, evidence=Evidence.TESTED_EMULATED)

        built = build_and_verify(building.build, building.out, approve=approve)

        assert built.report.evidence is Evidence.TESTED_EMULATED

    def test_the_child_saw_the_target_in_a_private_folder_that_is_gone(
        self, building: Building
    ) -> None:
        build_and_verify(building.build, building.out)

        seen, folder = json.loads((building.build.folder / "seen.json").read_text())
        assert seen == "win32"
        assert not Path(folder).exists()

    def test_what_was_removed_from_the_environment_is_a_detail(self, building: Building) -> None:
        environ = {**building.build.environ, "CFLAGS": "-march=native"}

        build_and_verify(replace(building.build, environ=environ), building.out)

        details = [event.text for event in building.heard if isinstance(event, events.Detail)]
        assert any("removed from the environment" in text and "CFLAGS" in text for text in details)

    @pytest.mark.parametrize(
        "said",
        ["missing.whl", "../sample.whl", "/etc/passwd.whl", "sample.zip", "", None, 3, ["a.whl"]],
    )
    def test_a_wheel_that_the_backend_did_not_make_is_a_clear_error(
        self, building: Building, said: object
    ) -> None:
        with pytest.raises(BuildFailedError, match="is not a wheel in its output folder"):
            build_and_verify(building.with_settings(says=said), building.out)

        assert building.left == []

    def test_a_hook_that_fails_leaves_nothing(self, building: Building) -> None:
        build = building.with_settings(**{"raise": "my own words"})

        with pytest.raises(BuildFailedError) as caught:
            build_and_verify(build, building.out)

        assert "ValueError: my own words" in caught.value.output
        assert building.left == []

    def test_a_wheel_that_is_not_good_is_not_handed_on(self, building: Building) -> None:
        build = building.with_settings(files={"sample.cp313-win_arm64.pyd": "no image"})

        with pytest.raises(VerificationError) as caught:
            build_and_verify(build, building.out)

        assert "sample.cp313-win_arm64.pyd" in str(caught.value)
        assert building.left == []

    def test_fail_on_decides_what_fails_the_build(self, building: Building) -> None:
        # Tagged for one platform, and without native code: a warning.
        odd = building.with_settings(files={"notes.txt": "x"})
        strict = with_verify(odd, VerifyOptions(fail_on=Severity.WARNING))
        build_and_verify(odd, building.out)

        with pytest.raises(VerificationError, match="failed verification") as caught:
            build_and_verify(strict, building.out / "strict")

        assert caught.value.findings[0].startswith("WA606 warning")
        assert not (building.out / "strict").exists()

    def test_what_fails_nothing_is_printed_all_the_same(self, building: Building) -> None:
        job = building.with_settings(files={"sample.cp313-win_arm64.pyd": "no image"})

        built = build_and_verify(with_verify(job, VerifyOptions(fail_on=None)), building.out)

        assert built.path.exists()
        notes = [event.text for event in building.heard if isinstance(event, events.Note)]
        assert any("sample.cp313-win_arm64.pyd" in text for text in notes)

    def test_only_images_for_the_target_are_called_verified(self) -> None:
        images = (
            ImageSummary("p/_m.pyd", "ARM64", 1),
            ImageSummary("p/tool.exe", "AMD64", 1),
            ImageSummary("p/m.lib", "ARM64", 1, is_library=True),
        )
        report = Report(Path("m.whl"), (), images, target="win_arm64")

        assert BuiltWheel(report.path, report).summary == "verified 1 ARM64 image: _m.pyd"

    @pytest.mark.parametrize(
        ("tag", "said"), [("py3-none-any", "pure Python"), ("cp313-cp313-win_arm64", "no native")]
    )
    def test_only_a_wheel_for_every_platform_is_called_pure(self, tag: str, said: str) -> None:
        report = Report(Path(f"m-1-{tag}.whl"), (), (), target="win_arm64", pure=True)

        assert BuiltWheel(report.path, report).summary.startswith(said)

    def test_a_wheel_that_failed_is_delivered_where_the_user_says_so(
        self, building: Building
    ) -> None:
        job = building.with_settings(files={"sample.cp313-win_arm64.pyd": "no image"})
        settings = replace(job.settings, allow_unverified=True)
        project = replace(job.project, settings=settings)

        built = build_and_verify(replace(job, project=project), building.out)

        assert not built.verified
        assert built.path.exists()
        assert built.summary.startswith("NOT VERIFIED")
        notes = [event.text for event in building.heard if isinstance(event, events.Note)]
        assert any(text.startswith("WA106 error") for text in notes), notes

    def test_an_older_good_wheel_outlives_a_failure(self, building: Building) -> None:
        build_and_verify(building.build, building.out)

        with pytest.raises(BuildFailedError):
            build_and_verify(building.with_settings(**{"raise": "x"}), building.out)

        assert building.left == ["sample-1-py3-none-any.whl"]

    def test_a_declared_extension_that_is_missing_fails_the_build(self, building: Building) -> None:
        build = building.with_settings(declared=["sample._speedups", "other"])

        with pytest.raises(MissingExtensionsError) as caught:
            build_and_verify(build, building.out)

        assert caught.value.names == ("sample._speedups", "other")
        assert "compile x.c" in str(caught.value)
        assert "caught the failure" in caught.value.why
        assert caught.value.output == "error: x"
        assert building.left == []

    def test_an_extension_may_be_a_file_of_any_name(self, building: Building) -> None:
        declared = ["sample._a", "sample._b"]
        build = building.with_settings(
            declared=declared,
            built={"sample._a": "sample/lib_a.txt", "sample._b": "sample/lib_b.txt"},
            files={"sample/lib_a.txt": "", "other/lib_b.txt": ""},
        )

        with pytest.raises(MissingExtensionsError) as caught:
            build_and_verify(build, building.out)

        assert caught.value.names == ("sample._b",)

    def test_where_no_compiler_has_failed_the_projects_own_complaint_is_kept(
        self, building: Building
    ) -> None:
        build = building.with_settings(lost=["sample._speedups"])

        with pytest.raises(MissingExtensionsError) as caught:
            build_and_verify(build, building.out)

        assert "No compiler failed" in caught.value.why
        assert "shown above" not in caught.value.cure
        assert caught.value.output == "x.lib: the build of x failed"

    def test_unless_its_loss_is_accepted_by_name(self, building: Building) -> None:
        build = building.with_settings(declared=["sample._speedups"])
        settings = Settings(allow_missing=("sample._speedups",))
        build = replace(build, project=replace(build.project, settings=settings))

        assert build_and_verify(build, building.out).path.exists()


def test_an_early_hook_sees_the_target(building: Building) -> None:
    answer = call_early(building.with_settings(a="b"), "get_requires_for_build_wheel")

    assert answer == ["win32", "{'a': 'b'}"]


class TestFileSystem:
    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
            (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y: Permission denied"),
        ],
    )
    def test_a_full_disk_or_a_locked_folder_is_no_traceback(
        self, building: Building, error: OSError, said: str
    ) -> None:
        def listen(event: events.Event) -> None:
            if event == events.Step("building"):
                raise error

        with pytest.raises(FileSystemError, match=said):
            build_and_verify(replace(building.build, listener=listen), building.out)

        assert building.left == []

    def test_a_reader_that_has_gone_is_not_taken_for_one(self, building: Building) -> None:
        def listen(event: events.Event) -> None:
            if event == events.Step("building"):
                raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            build_and_verify(replace(building.build, listener=listen), building.out)


class TestIsModule:
    @pytest.mark.parametrize(
        ("member", "name"),
        [
            ("a/b.so", "a.b"),
            ("_b.cp313-win_arm64.pyd", "_b"),
            ("a/_b.pyd", "a._b"),
            ("a/_b.cp313t-win_arm64.pyd", "a._b"),
            ("x-1.data/platlib/a/_b.pyd", "a._b"),
            ("src/a/_b.pyd", "a._b"),
            ("a/_b.dll", "a._b"),
            ("a/_b.exe", "a._b"),
        ],
    )
    def test_its_native_module_is(self, member: str, name: str) -> None:
        assert is_extension(member, name)

    @pytest.mark.parametrize(
        ("member", "name"),
        [
            ("a/_b.py", "a._b"),
            ("a/_b.pyi", "a._b"),
            *[(f"a/_b.{ending}", "a._b") for ending in ("c", "cpp", "pyx", "pxd", "h", "html")],
            ("a/_b.cpython-313-x86_64-linux-gnu.so", "a._b"),
            ("a/_b.pod", "a._b"),
            ("a/_bc.pyd", "a._b"),
            ("c/_b.pyd", "a._b"),
            ("a/_b.data/x.pyd", "a._b"),
            ("ab/_b.pyd", "b._b"),
        ],
    )
    def test_its_neighbours_are_not(self, member: str, name: str) -> None:
        assert not is_extension(member, name)
