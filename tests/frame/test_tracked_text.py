"""What no tracked file may say: hosts of registries, paths of one computer, words about how it was made."""

import re
import tomllib

import pytest

from tests.frame import house

# A letter in brackets keeps a pattern from finding itself.
FORBIDDEN = {
    "the host of a package registry": "|".join(  # noqa: FLY002 - one a line
        [r"p[y]pi\.org", r"python[h]osted\.", r"npm[j]s\.(org|com)", r"deb\.[d]ebian\.org", r"pkg\.[d]ev\b"]
    ),
    "a path of one computer": r"/[w]ork/|/[t]mp/w/|/[r]oot/|/[h]ome/\w",
    "how it was made": "|".join(  # noqa: FLY002 - one a line
        [r"\b[L]LM\b", "chat[g]pt", "[c]opilot", "[c]laude", "[a]nthropic", r"[o]penai\b", "co-[a]uthored-by"]
    ),
}
PICTURES = {".png", ".jpg", ".ico", ".woff2"}


def offenders(pattern: str) -> list[str]:
    """Every place in a tracked text file where the pattern stands."""
    search = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(house.ROOT)}:{number}: {line.strip()[:100]}"
        for path in house.tracked(house.ROOT)
        if path.suffix not in PICTURES
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if search.search(line)
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_says_what_it_must_not(what: str):
    """The files are the same for everyone, wherever and however they were written."""
    assert offenders(FORBIDDEN[what]) == []


@pytest.mark.parametrize(
    ("what", "halves"),
    [
        ("the host of a package registry", ("https://registry.npm", "js.org/three")),
        ("the host of a package registry", ("https://files.python", "hosted.org/packages")),
        ("a path of one computer", ("/ho", "me/marie/dipbike")),
        ("how it was made", ("Co-Auth", "ored-By: someone")),
    ],
)
def test_the_patterns_find_what_they_are_for(what: str, halves: tuple[str, str]):
    """A pattern that finds nothing would let everything pass."""
    assert re.search(FORBIDDEN[what], "".join(halves), re.IGNORECASE)


def test_nothing_built_or_foreign_is_tracked():
    """Built, minified and vendored files are made on each computer anew."""
    names = [str(path.relative_to(house.ROOT)) for path in house.tracked(house.ROOT)]
    built = re.compile(r"node_modules/|/dist/|\.min\.(js|css)$|\.mo$|\.whl$|^uv\.lock$")
    assert [name for name in names if built.search(name)] == []


def test_the_lock_holds_every_dependency():
    """Each package that pyproject.toml names has its version and hashes in requirements.lock."""
    project = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (house.ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==[^ ]+ .*\\\n    --hash=", lock, re.MULTILINE))
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {re.split(r"[<>=!~;\[ ]", line)[0] for group in groups for line in group}
    assert wanted <= locked, f"Lock again, see docs/decisions/0002: {sorted(wanted - locked)}"
