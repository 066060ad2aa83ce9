"""Every finding that verification can make: the one list, from which the reference is made.

A code is stable: it is never given another meaning and never used again. Families by their
hundreds: 0 the archive, 1 machines, 2 names of modules, 3 Python, 4 needed DLLs, 5 soundness of
images, 6 the wheel's metadata, 7 layout.
"""

from __future__ import annotations

from enum import Enum

from winarm.verify.codes import (
    archive,
    dlls,
    layout,
    machines,
    metadata,
    module_names,
    python,
    soundness,
)
from winarm.verify.codes.rule import Rule, Severity

__all__ = ["Code", "Rule", "Severity", "find_code"]


class Code(Enum):
    """The codes; a member's name is the code, its value the rule."""

    @property
    def rule(self) -> Rule:
        """Return what the code means."""
        rule: Rule = self.value
        return rule

    # 0: the file and the archive

    WA001 = archive.WA001
    WA002 = archive.WA002
    WA003 = archive.WA003
    WA004 = archive.WA004
    WA005 = archive.WA005
    WA006 = archive.WA006
    WA007 = archive.WA007
    WA008 = archive.WA008
    WA009 = archive.WA009
    WA010 = archive.WA010
    WA011 = archive.WA011
    WA012 = archive.WA012
    WA013 = archive.WA013
    WA014 = archive.WA014

    # 1: machines that images are for

    WA101 = machines.WA101
    WA102 = machines.WA102
    WA103 = machines.WA103
    WA104 = machines.WA104
    WA105 = machines.WA105
    WA106 = machines.WA106
    WA107 = machines.WA107
    WA108 = machines.WA108
    WA109 = machines.WA109
    WA110 = machines.WA110
    WA111 = machines.WA111

    # 2: names of modules

    WA201 = module_names.WA201
    WA202 = module_names.WA202
    WA203 = module_names.WA203
    WA204 = module_names.WA204
    WA205 = module_names.WA205
    WA206 = module_names.WA206
    WA207 = module_names.WA207
    WA208 = module_names.WA208

    # 3: the Python that an image is for

    WA301 = python.WA301
    WA302 = python.WA302
    WA303 = python.WA303
    WA304 = python.WA304
    WA305 = python.WA305
    WA306 = python.WA306
    WA307 = python.WA307
    WA308 = python.WA308

    # 4: dLLs that an image needs

    WA401 = dlls.WA401
    WA402 = dlls.WA402
    WA403 = dlls.WA403
    WA404 = dlls.WA404
    WA405 = dlls.WA405
    WA406 = dlls.WA406
    WA407 = dlls.WA407
    WA408 = dlls.WA408
    WA409 = dlls.WA409
    WA410 = dlls.WA410
    WA411 = dlls.WA411

    # 5: soundness of images

    WA501 = soundness.WA501
    WA502 = soundness.WA502
    WA503 = soundness.WA503
    WA504 = soundness.WA504
    WA505 = soundness.WA505
    WA506 = soundness.WA506
    WA507 = soundness.WA507
    WA508 = soundness.WA508
    WA509 = soundness.WA509
    WA510 = soundness.WA510

    # 6: the wheel's metadata

    WA601 = metadata.WA601
    WA602 = metadata.WA602
    WA603 = metadata.WA603
    WA604 = metadata.WA604
    WA605 = metadata.WA605
    WA606 = metadata.WA606
    WA607 = metadata.WA607
    WA608 = metadata.WA608
    WA609 = metadata.WA609
    WA610 = metadata.WA610
    WA611 = metadata.WA611
    WA612 = metadata.WA612
    WA613 = metadata.WA613
    WA614 = metadata.WA614
    WA615 = metadata.WA615
    WA616 = metadata.WA616
    WA617 = metadata.WA617
    WA618 = metadata.WA618

    # 7: layout of the wheel

    WA701 = layout.WA701
    WA702 = layout.WA702


def find_code(word: str) -> Code | None:
    """Return the code that `word` names in any case, or None."""
    return Code.__members__.get(word.strip().upper())
