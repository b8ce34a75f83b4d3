"""One interview and its recording, shared by all tests that only read it."""

from __future__ import annotations

from arena_ext.recording.format import as_lines
from tests.support.recordings import interview

RECORDED = interview(7, steps=25)
LINES = as_lines(*RECORDED)
