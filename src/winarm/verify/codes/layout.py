"""7: Layout of the wheel."""

from __future__ import annotations

from winarm.verify.codes.rule import NOTE, WARNING, Rule

WA701 = Rule(
    WARNING,
    "two files are the same module",
    "Python imports one and never sees the other; often a file of an older build.",
    "Build in a clean folder, or remove one.",
)
WA702 = Rule(
    NOTE,
    "a by-product of linking is in the wheel",
    "Import libraries, .exp, .pdb and .obj files help nobody at run time.",
    "Leave them out (package-data, or the linker's /IMPLIB and /PDB folders).",
)
