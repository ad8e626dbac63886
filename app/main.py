"""What ``rdpscore dashboard`` runs: one script, run again at every change of a visitor's session."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from board.shell import main  # noqa: E402  (found beside this file, wherever it lies)

main()
