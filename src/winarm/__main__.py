"""`python -m winarm`."""

import sys

from winarm.cli import main

sys.exit(main())
