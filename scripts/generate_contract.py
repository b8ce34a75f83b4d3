"""Generate the files that derive from others: TypeScript, and tables of the documentation.

`arena_ext/protocol/arena.v1.json` defines events, bodies, limits and close codes;
`docs/openapi.yaml` defines the REST calls; the installed packages have the versions of runtimes.
`--check` writes no file; the exit code is 1 if a generated file is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.contract_tables import calls_table, websocket_tables
from scripts.contract_typescript import contract_module, shapes_module
from scripts.runtime_versions import versions_module

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write the files, or compare them; returns the exit code."""
    stale = []
    for name, text in generated().items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_text(text, encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        return 0
    for name in stale:
        print(f"{name} is out of date: run `make contract`")
    return 1 if stale else 0


def generated() -> dict[str, str]:
    """The text of each file with generated content, by its path."""
    return {
        "src/protocol/contract.generated.ts": contract_module(),
        "src/protocol/event-shapes.generated.ts": shapes_module(),
        "src/protocol/runtime-versions.generated.ts": versions_module(),
        "docs/websocket.md": with_regions("docs/websocket.md", websocket_tables()),
        "docs/rest.md": with_regions("docs/rest.md", {"calls": calls_table()}),
    }


def with_regions(name: str, regions: Mapping[str, str]) -> str:
    """A page with its marked regions replaced; each region must occur exactly once."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for region, content in regions.items():
        start, end = f"<!-- generated: {region} -->\n", "<!-- end -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed or start in after:
            raise SystemExit(f"{name} has no region {region!r}, or several")
        text = before + start + content + closed + after
    return text


if __name__ == "__main__":
    sys.exit(main())
