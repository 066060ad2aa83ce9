"""6: The wheel's metadata."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, NOTE, WARNING, Rule

WA601 = Rule(
    ERROR,
    "the wheel's tag is for another platform",
    "It was built without the target's platform, or for another one.",
    "Build it for the target, or verify it for its own platform (--target).",
)
WA602 = Rule(
    ERROR,
    "the tags in WHEEL differ from the file name",
    "The file was renamed; pip goes by the name, other tools by WHEEL.",
    "Use `wheel tags` to change tags, which changes both.",
)
WA603 = Rule(
    WARNING,
    "Root-Is-Purelib is true in a wheel with native code",
    "The build backend believes that the project is pure.",
    "Tell the backend that there are extension modules (setuptools: has_ext_modules).",
)
WA604 = Rule(
    ERROR,
    "a wheel for any platform holds extension modules",
    "pip installs it on every system, where the modules cannot be imported.",
    "Tag it with its platform.",
)
WA605 = Rule(
    WARNING,
    "a wheel for any platform holds native code",
    "DLLs or programs fit one machine; pip installs the wheel on all.",
    "Tag it with its platform, or allow the files by name.",
)
WA606 = Rule(
    WARNING,
    "a wheel for one platform holds no native code",
    "The extensions were not built, or the backend tags a pure project.",
    "See why the extensions are missing, or tag it py3-none-any.",
)
WA607 = Rule(
    ERROR,
    "the wheel has no RECORD",
    "It was packed by hand. Installers refuse it.",
    "Pack it with `wheel pack`.",
)
WA608 = Rule(
    ERROR,
    "a file differs from its RECORD entry",
    "It was changed after the wheel was made: signed, stripped or repaired without updating "
    "RECORD.",
    "Repack with `wheel unpack` and `wheel pack`.",
)
WA609 = Rule(
    ERROR,
    "a file is not in RECORD",
    "It was added after the wheel was made; it would stay behind on uninstall.",
    "Repack with `wheel unpack` and `wheel pack`.",
)
WA610 = Rule(
    ERROR,
    "RECORD names a file that the wheel lacks",
    "The file was removed after the wheel was made; on uninstall, pip may delete a file of "
    "that name which another package brought.",
    "Repack with `wheel unpack` and `wheel pack`.",
)
WA611 = Rule(
    ERROR,
    "RECORD has two entries for one file",
    "A tool appended to RECORD.",
    "Repack with `wheel unpack` and `wheel pack`.",
)
WA612 = Rule(
    ERROR,
    "RECORD cannot be read",
    "An entry is not path, hash and size; a path has backslashes or leaves the folder; a "
    "hash is absent or weaker than SHA-256.",
    "Repack with `wheel unpack` and `wheel pack`.",
)
WA613 = Rule(
    ERROR,
    "the WHEEL file is missing or wrong",
    "Installers need its Wheel-Version (1.x) and Root-Is-Purelib.",
    "Build the wheel with a PEP 517 backend.",
)
WA614 = Rule(
    ERROR,
    "METADATA is missing or contradicts the file name",
    "The file was renamed, or the backend computed the version twice.",
    "Build the wheel anew.",
)
WA615 = Rule(
    ERROR,
    "the file name is no wheel's",
    "NAME-VERSION(-BUILD)-PYTHON-ABI-PLATFORM.whl is what installers read.",
    "Give it back the name that the backend gave it.",
)
WA616 = Rule(
    ERROR,
    "the wheel has no .dist-info folder of its name and version",
    "The file was renamed, or packed by hand.",
    "Build the wheel anew.",
)
WA617 = Rule(
    NOTE,
    "not checked: not for Windows",
    "The wheel's tag, or the file, is another system's.",
    "Nothing.",
)
WA618 = Rule(
    ERROR,
    "the .data folder holds something installers do not know",
    "Its parts are purelib, platlib, headers, scripts and data.",
    "Move the files to one of these, or into the package.",
)
