"""What ``rdpscore dashboard`` runs: one script, run again at every change of a visitor's session.

``streamlit run app/main.py`` shows the shipped survey, too: on this computer only (`.streamlit/config.toml` beside this
file), but without the token that keeps out its other users, which the page then says.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from board.shell import main  # noqa: E402  (found beside this file, wherever it lies)
from board.view import SURVEY  # noqa: E402

main(by_hand=SURVEY not in os.environ)
