"""Write the reference of findings in docs/verify.md from the codes.

Usage: python tools/verify_docs.py
"""

from __future__ import annotations

from pathlib import Path

from winarm.verify.formats.reference import reference

PAGE = Path(__file__).resolve().parent.parent / "docs" / "verify.md"
#: Everything after this line is made here.
MARK = "<!-- Made by tools/verify_docs.py from winarm.verify.codes.Code: change it there. -->\n"


def main() -> None:
    """Replace what follows the mark."""
    written, mark, _ = PAGE.read_text("utf-8").partition(MARK)
    PAGE.write_text(f"{written}{mark or MARK}\n{reference()}", "utf-8")


if __name__ == "__main__":
    main()
