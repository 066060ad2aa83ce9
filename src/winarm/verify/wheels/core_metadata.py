"""What installers and package indexes refuse of METADATA (core metadata specifications).

`packaging.metadata` decides, as on PyPI. Importing it takes as long as verifying a small wheel, so
that it is asked only where a field is not of the plain form that it would accept. PyPI has rules of
its own, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

_LINE = re.compile(r".*")
_MARKER = (
    r"(extra|implementation_name|os_name|platform_machine|platform_python_implementation"
    r"|platform_system|python_full_version|python_version|sys_platform)"
    r" *+(==|!=|<=?|>=?|in|not in) *+(?P<{0}>[\"'])[A-Za-z0-9._-]*+(?P={0})"
)
#: Fields that may be there once, and those that may be there often, with plain values. (Spaces are
#: matched possessively: taken back one by one, a hundred thousand of them took minutes.)
_ONCE = {
    **dict.fromkeys(
        ("metadata-version", "name", "version", "summary", "keywords", "home-page", "download-url",
         "author", "author-email", "maintainer", "maintainer-email", "requires-python"),
        _LINE,
    ),
    "license": re.compile(r".*", re.DOTALL),
    "license-expression": re.compile(
        r"(0BSD|Apache-2\.0|BSD-[23]-Clause|ISC|MIT|MPL-2\.0|PSF-2\.0|Zlib)"
    ),
    "description-content-type": re.compile(
        r"text/(plain|x-rst|markdown)(; *(charset=\"?(UTF|utf)-8\"?|variant=GFM))*"
    ),
}  # fmt: skip
_MANY = {
    **dict.fromkeys(("platform", "supported-platform", "classifier"), _LINE),
    "project-url": re.compile(r"[^,]+,[^,]+"),
    "license-file": re.compile(r"(?!.*\.\.)[A-Za-z0-9_.-][A-Za-z0-9_./ -]*"),
    "provides-extra": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "dynamic": re.compile(
        r"(?i:author|classifier|description|home-page|keywords|license|license-file|license-expression"
        r"|maintainer|platform|project-url|provides-extra|requires-dist|requires-python|summary"
        r"|author-email|description-content-type|download-url|maintainer-email|supported-platform)"
    ),
    "requires-dist": re.compile(
        r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[a-z0-9,-]+\])? *+"
        r"((==|!=|<=|>=|~=|<|>) *+[0-9]+(\.[0-9]+)*(, *+(==|!=|<=|>=|<|>) *+[0-9]+(\.[0-9]+)*)*)?"
        rf" *+(; *+{_MARKER.format('a')}( ++and ++{_MARKER.format('b')})?)?"
    ),
}  # fmt: skip
#: Versions of the metadata that winarm knows; 2.0 was never a standard, but pip installs it.
_VERSIONS = frozenset({"1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"})
#: Build backends wrote some fields before the version of the metadata that brought them.
_TOO_NEW = "introduced in metadata version"
#: Said of a field that may be there once, and is there twice.
_SEVERAL = "has invalid data"
#: Fields whose values other checks compare with the wheel.
_JUDGED = frozenset({"metadata-version", "name", "version", "requires-python"})
_MOST_FAULTS = 8
_LARGEST = 2**20
_URL = re.compile(r"https?:.*|UNKNOWN|", re.IGNORECASE)
_ADDRESS = re.compile(r".*[@,<].*|UNKNOWN|", re.DOTALL)
#: What PyPI alone asks of fields on upload, and what values of another form are (warehouse,
#: forklift/metadata.py). Its classifiers are too many to list; the first part of each is not.
_FOR_INDEXES = {
    "Summary": (re.compile(r".{0,512}", re.DOTALL), "has over 512 characters"),
    "Classifier": (
        re.compile(
            r"(Development Status|Environment|Framework|Intended Audience|License|Natural Language"
            r"|Operating System|Private|Programming Language|Topic|Typing) :: .+"
        ),
        "is not one of the list",
    ),
    "Project-URL": (
        re.compile(r"[^,]{1,32},\s*https?:.*", re.IGNORECASE),
        "is not a label of at most 32 characters and an address on the web",
    ),
    "Home-page": (_URL, "is not an address on the web"),
    "Download-URL": (_URL, "is not an address on the web"),
    "Author-email": (_ADDRESS, "has no @"),
    "Maintainer-email": (_ADDRESS, "has no @"),
}
#: What is there on purpose in a wheel that is not for PyPI, as the forms of all other values.
_PRIVATE = {
    "Version": (re.compile(r"[^+]*"), "has a local part"),
    "Requires-Dist": (
        re.compile(r"(?![A-Za-z0-9._-]++\s*+(\[[^]]*+\])?\s*+@).*", re.DOTALL),
        "names an address",
    ),
    "Classifier": (re.compile(r"(?!Private ::).*", re.DOTALL), "keeps it off PyPI"),
}
#: Characters of a value in a sentence.
_LONGEST_VALUE = 100
#: Characters of what `packaging` says, which quotes whole values.
_LONGEST_MESSAGE = 400


def metadata_faults(text: bytes, fields: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield why METADATA is refused, in sentences.

    :param fields: the fields that it has, by their names in lower case.
    """
    version = next(iter(fields.get("metadata-version", ())), "")
    if version not in _VERSIONS:
        yield f"its Metadata-Version is {version or 'missing'}"
    elif not _is_plain(fields) and len(text) <= _LARGEST:
        yield from islice(_refused(text), _MOST_FAULTS)


def index_faults(fields: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what PyPI alone refuses of METADATA, in sentences."""
    yield from _of_other_forms(fields, _FOR_INDEXES)
    if any(fields.get("license", ())) and any(fields.get("license-expression", ())):
        yield "it has a License and a License-Expression"


def private_parts(fields: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what PyPI refuses of METADATA and is there on purpose, in sentences."""
    return _of_other_forms(fields, _PRIVATE)


def _of_other_forms(
    fields: Mapping[str, Sequence[str]], forms: Mapping[str, tuple[re.Pattern[str], str]]
) -> Iterator[str]:
    faults = (
        f"its {name} {value[:_LONGEST_VALUE]!r} {words}"
        for name, (form, words) in forms.items()
        for value in fields.get(name.lower(), ())
        if form.fullmatch(value) is None
    )
    return islice(faults, _MOST_FAULTS)


def _is_plain(fields: Mapping[str, Sequence[str]]) -> bool:
    """Return whether every field is of a form that is accepted without doubt."""
    return all(
        (form := _ONCE.get(name) or _MANY.get(name)) is not None
        and (len(values) == 1 or name in _MANY)
        and all(map(form.fullmatch, values))
        for name, values in fields.items()
    )


def _refused(text: bytes) -> Iterator[str]:
    from packaging.metadata import Metadata  # noqa: PLC0415 - 50 ms, see above

    try:
        Metadata.from_email(text)
    except ExceptionGroup as group:
        for error in group.exceptions:
            judged = getattr(error, "field", "") in _JUDGED and _SEVERAL not in f"{error}"
            if not judged and _TOO_NEW not in f"{error}":
                yield f"{error}"[:_LONGEST_MESSAGE]
