"""What the outcome of an import means, in verify's codes where they fit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from winarm.trial.importing import Outcome
from winarm.verify import Code, Finding
from winarm.verify.report import finding

#: Numbers of Windows' errors (winerror.h).
_MOD_NOT_FOUND, _PROC_NOT_FOUND, _BAD_EXE_FORMAT, _INIT_FAILED = 126, 127, 193, 1114
_LOADER = {
    _MOD_NOT_FOUND: (Code.WA405, "a DLL that it needs is not found"),
    _PROC_NOT_FOUND: (Code.WA804, "a DLL that it needs lacks a symbol"),
    _BAD_EXE_FORMAT: (Code.WA101, "it, or a DLL that it needs, is not ARM64 code"),
    _INIT_FAILED: (Code.WA804, "the initialisation of a DLL fails"),
}


def findings_of_wheel(
    members: Mapping[str, str], outcomes: Mapping[str, Outcome]
) -> Iterator[Finding]:
    """Yield what outcomes say of a wheel, whose modules are keys of `members`."""
    own = {name.partition(".")[0] for name in members}
    works = any(name in outcomes and outcomes[name].kind == "ok" for name in members)
    for name, member in members.items():
        outcome = outcomes.get(name)
        if outcome is None:
            continue
        lacking = outcome.missing.partition(".")[0]
        if works and "." in name and lacking and lacking not in own:
            words = f"import {name} needs {outcome.missing}, which is not installed"
            yield finding(Code.WA808, member, words)
        else:
            yield from findings_of(outcome, member)


def findings_of(outcome: Outcome, member: str) -> Iterator[Finding]:
    """Yield what an outcome says of the member that the module is."""
    name = outcome.module
    match outcome.kind:
        case "ok":
            pass
        case "loader":
            code, meaning = _LOADER.get(outcome.winerror or 0, (Code.WA804, outcome.text))
            number = f" (error {outcome.winerror})" if outcome.winerror else ""
            yield finding(code, member, f"Windows does not load {name}: {meaning}{number}")
        case "elsewhere":
            yield finding(Code.WA805, member, f"import {name} gives {outcome.text}")
        case "crash":
            yield finding(
                Code.WA802, member, f"the process ended while {name} was imported: {outcome.text}"
            )
        case "hang" | "flood":
            words = outcome.text or f"it had not ended after {outcome.seconds:.0f} s"
            yield finding(Code.WA803, member, f"import {name}: {words}")
        case _:
            code = Code.WA207 if "does not define module export" in outcome.text else Code.WA801
            words = f"{outcome.exception}: {outcome.text}" if outcome.text else outcome.exception
            if outcome.missing.partition(".")[0] in sys.stdlib_module_names:
                words += " (of the standard library: the trial's Python lacks it)"
            yield finding(code, member, f"import {name} raises {' '.join(words.split())}")
