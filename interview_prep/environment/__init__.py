"""The machine's side: what is installed, what runs here, how fast. ROOT is the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
