"""``python -m rdpscore``."""

from rdpscore.cli import main

main()
