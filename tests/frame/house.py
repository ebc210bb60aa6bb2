"""The limits of the house: files of at most 300 lines, functions of at most 40."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT_FILE, LIMIT_FUNCTION = 300, 40
CODE = {".py", ".js", ".css", ".html", ".sh"}


def tracked(root: Path) -> list[Path]:
    """Every file that git knows or would add, but for deleted ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    return [path for name in sorted(filter(None, names)) if (path := root / name).is_file()]


def long_functions(path: Path) -> Iterator[str]:
    """One sentence for each function over the limit; the docstring counts too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LIMIT_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, more than {LIMIT_FUNCTION}."


def breaches(paths: Sequence[Path]) -> Iterator[str]:
    """One sentence for each file or function that is too long."""
    for path in paths:
        if path.suffix not in CODE:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LIMIT_FILE:
            yield f"{path}: {lines} lines, more than {LIMIT_FILE}."
        if path.suffix == ".py":
            yield from long_functions(path)


def main() -> int:
    """Print every breach; 0 when there is none."""
    paths = tracked(ROOT)
    found = list(breaches(paths))
    sizes = sorted(
        len(path.read_text(encoding="utf-8").splitlines()) for path in paths if path.suffix == ".py"
    )
    for line in found:
        print(line)  # noqa: T201 - this is what a person reads
    print(f"{len(sizes)} Python files, median {sizes[len(sizes) // 2]} lines; {len(found)} too long.")  # noqa: T201 - as above
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
