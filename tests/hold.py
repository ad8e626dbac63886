"""Hold the text of all commands anew: ``python tests/hold.py [-k WORDS]``, then read the diff of tests/held."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    test = Path(__file__).with_name("test_held_text.py")
    sys.exit(pytest.main([str(test), "--hold", "-q", "-m", "", *sys.argv[1:]]))
