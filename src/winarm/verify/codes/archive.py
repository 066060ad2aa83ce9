"""0: The file and the archive."""

from __future__ import annotations

from winarm.verify.codes.rule import ERROR, WARNING, Rule

WA001 = Rule(
    ERROR,
    "a file cannot be read",
    "It does not exist, is not a regular file, or its permissions forbid it.",
    "Check the path and its permissions.",
)
WA002 = Rule(
    ERROR,
    "the wheel is not a readable zip archive",
    "The file was cut off, or something other than a wheel has the name of one.",
    "Build or download the wheel again.",
)
WA003 = Rule(
    ERROR,
    "a member's data is damaged",
    "The compressed data does not inflate to the size and CRC-32 that the archive promises.",
    "Build or download the wheel again.",
)
WA004 = Rule(
    ERROR,
    "a size limit is exceeded",
    "The archive is a decompression bomb, or larger than the limits that protect the "
    "machine that verifies.",
    "Do not install it; if it is genuine, raise the limit under [tool.winarm.verify.limits].",
)
WA005 = Rule(
    ERROR,
    "the archive holds two members of one name",
    "A tool appended to an existing wheel. Installers differ in which copy they take.",
    "Build the wheel anew in an empty folder.",
)
WA006 = Rule(
    ERROR,
    "two members differ only in case",
    "Windows file names ignore case, so one of the files would overwrite the other.",
    "Rename one of the files.",
)
WA007 = Rule(
    ERROR,
    "a member's path leaves the installation folder",
    "The name is absolute, has a drive, a backslash or a `..`: an attack, or a zip tool "
    "that wrote Windows separators.",
    "Do not install it; build the wheel with forward slashes and relative names.",
)
WA008 = Rule(
    ERROR,
    "a member's name cannot exist on Windows",
    'Windows reserves CON, NUL, COM1 and kin, the characters <>:"|?*, and names that end '
    "in a dot or a space.",
    "Rename the file.",
)
WA009 = Rule(
    WARNING,
    "a member's path is very long",
    "Installed below a user's site-packages, the full path passes Windows' default limit of "
    "260 characters.",
    "Shorten the folder or file names.",
)
WA010 = Rule(
    ERROR,
    "a member is a symbolic link or a device",
    "Wheels cannot hold links: installers write the link's target text as a file.",
    "Put the real file into the wheel.",
)
WA011 = Rule(
    ERROR,
    "a member is encrypted",
    "No installer asks for a password.",
    "Build the wheel without encryption.",
)
WA012 = Rule(
    ERROR,
    "a member's own header contradicts the archive's directory",
    "The archive was edited by hand or built to show different tools different contents.",
    "Do not install it; build the wheel anew.",
)
WA013 = Rule(
    ERROR,
    "the archive has data outside of its members",
    "Bytes before, between or after the members, or a second directory: readers that start "
    "from different ends see different wheels. Package indexes reject it.",
    "Build the wheel anew.",
)
WA014 = Rule(
    ERROR,
    "a member uses a compression that installers cannot read",
    "Wheels are stored or deflated; other methods are rejected by package indexes.",
    "Build the wheel with deflate.",
)
