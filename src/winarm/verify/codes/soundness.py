"""5: Soundness of images."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, NOTE, WARNING, Rule

WA501 = Rule(
    ERROR,
    "Windows refuses the image: it cannot be moved in memory",
    "DYNAMICBASE is not set; Windows on Arm loads no image without it.",
    "Link with /DYNAMICBASE (-Wl,--dynamicbase).",
)
WA502 = Rule(
    ERROR,
    "Windows refuses the image: its data may be executed",
    "NX_COMPAT is not set; Windows on Arm requires it.",
    "Link with /NXCOMPAT (-Wl,--nxcompat).",
)
WA503 = Rule(
    ERROR,
    "the image's base address is below 4 GiB",
    "ARM64 images live above 4 GiB; Microsoft's linker refuses to make any other.",
    "Leave the base address to the linker (no /BASE, no --image-base).",
)
WA504 = Rule(
    ERROR,
    "Windows refuses the image: it has no usable relocations",
    "They were stripped, or the directory has an address but no size.",
    "Link without /FIXED and without stripping relocations.",
)
WA505 = Rule(
    WARNING,
    "a section is writable and executable",
    "Whoever can write to it can run code; hardened systems refuse it.",
    "Separate code and data (no merged sections).",
)
WA506 = Rule(
    WARNING,
    "the image forgoes high-entropy addresses",
    "HIGH_ENTROPY_VA is not set, which every ARM64 linker sets by default.",
    "Link with /HIGHENTROPYVA (-Wl,--high-entropy-va).",
)
WA507 = Rule(
    ERROR,
    "sections overlap",
    "The section table is damaged or was made by a packer; Windows refuses it.",
    "Link the image anew.",
)
WA508 = Rule(
    ERROR,
    "a section lies outside of the file",
    "The image was cut off.",
    "Copy or build it anew.",
)
WA509 = Rule(
    NOTE,
    "the image names a folder of the building machine",
    "Its debug record holds the full path of the .pdb.",
    "Link with /PDBALTPATH:%_PDB%, or without debug information.",
)
WA510 = Rule(
    WARNING,
    "the image is for an unusual subsystem",
    "Modules and programs are for the console or the windows subsystem, version 6.0 to 10.0.",
    "Link with /SUBSYSTEM:CONSOLE or WINDOWS and no version of your own.",
)
