"""Run one of the rarer one-word tools, of the package beside this file."""

import sys

from one_word import main  # type: ignore[import-not-found]

sys.exit(main(sys.argv[1:]))
