"""Words that would be more than words if the kiosk took them for markup, a path, a command or a template."""

import itertools
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

_SHAPES: Final = (
    "<script>{hit}</script>",
    "<ScRiPt >{hit}</sCrIpT >",
    "<img src=x onerror={hit}>",
    '"><img src=x onerror={hit}>',
    "'><img src=x onerror={hit}>",
    "<svg onload={hit}>",
    "<svg><script>{hit}</script></svg>",
    "<svg><animate onbegin={hit} attributeName=x dur=1s>",
    "</title><script>{hit}</script>",
    "</textarea><script>{hit}</script>",
    "</style><script>{hit}</script>",
    "</script><script>{hit}</script>",
    "--><script>{hit}</script>",
    "]]><script>{hit}</script>",
    '" autofocus onfocus={hit} x="',
    "' autofocus onfocus={hit} x='",
    "` autofocus onfocus={hit} x=`",
    " autofocus onfocus={hit} tabindex=1 ",
    "<input autofocus onfocus={hit}>",
    "<details open ontoggle={hit}>",
    "<video><source onerror={hit}></video>",
    "<audio src=x onerror={hit}>",
    "<iframe srcdoc='<script>parent.{hit}</script>'></iframe>",
    '<iframe src="javascript:{hit}"></iframe>',
    '<object data="javascript:{hit}"></object>',
    '<embed src="data:text/html,<script>{hit}</script>">',
    '<meta http-equiv=refresh content="0;url=javascript:{hit}">',
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<b style=background:url(//evil.example/x)>{hit}</b>",
    "<img src=//evil.example/x.png>",
    '<noscript><p title="</noscript><img src=x onerror={hit}>">',
    "<math><mtext><style><img src=x onerror={hit}></style></mtext></math>",
    "<scr<script>ipt>{hit}</scr</script>ipt>",
    "<template shadowrootmode=open><img src=x onerror={hit}></template>",
    '<bike-live src="data:text/event-stream,data: {hit}"></bike-live>',
    '<section data-live="notice"><img src=x onerror={hit}></section>',
    "\u2028</script><svg/onload={hit}>",
    "{{{{constructor.constructor('{hit}')()}}}}",
)
_HITS: Final = (
    "struck(1)",
    "window['struck'](2)",
    "(top.struck||parent.struck)(3)",
    "[4].map(struck)",
    "self.struck?.call(0,5)",
)
XSS: Final = tuple(shape.format(hit=hit) for hit in _HITS for shape in _SHAPES)
"""Each calls `struck`, loads from elsewhere, or breaks the page's own policy as soon as it is markup."""

TEMPLATES: Final = (
    "{{7*7}}",
    "{%print 7*7%}",
    "${7*7}",
    "#{7*7}",
    "<%=7*7%>",
    "%s%n%(x)s",
    "{0.__class__}",
    "{job.__init__}",
)
SHELL: Final = (
    "; touch MARK",
    "$(touch MARK)",
    "`touch MARK`",
    "| touch MARK",
    "&& touch MARK",
    "\ntouch MARK\n",
    "--post-process=touch MARK",
    "-o MARK",
    "'; touch MARK; '",
    '"; touch MARK; "',
    "!!",
    "${IFS}touch${IFS}MARK",
)
_STEPS: Final = (
    "../",
    "..\\",
    "/",
    "//",
    "\\\\host\\share\\",
    "C:\\",
    "%2e%2e%2f",
    "%2e%2e/",
    "..%2f",
    "..%252f",
    "%c0%ae%c0%ae/",
    "....//",
    "./",
    "~/",
    "file:///",
    "\u2024\u2024\u2215",
    "\uff0e\uff0e\uff0f",
    "\u202e",
    "\x00",
    "\r\n",
    "CON:",
)
_STEMS: Final = (
    "mark",
    "etc/passwd",
    "CON",
    "aux.",
    "NUL",
    "e\u0301te\u0301",
    "été",
    "\u202egpj.mark",
    ".htaccess",
    "-rf",
    "x" * 300,
    "é" * 200,
    ".",
    "..",
    " ",
    "jobs.sqlite3",
)
_FORMS: Final[tuple[Literal["NFC", "NFD"], ...]] = ("NFC", "NFD")
_ENDINGS: Final = (".stl", ".STL", ".svg", ".stl\x00.php", ".stl/../..", ".3mf ", "")


def names(count: int) -> Iterator[str]:
    """So many names of files that would lead out of a folder, overwrite, run or confuse."""
    commands = (f"{shell}.stl" for shell in (*SHELL, *TEMPLATES))
    made = (
        unicodedata.normalize(form, step * depth + stem + ending)
        for depth, form, stem, ending, step in itertools.product((1, 9), _FORMS, _STEMS, _ENDINGS, _STEPS)
    )
    return itertools.islice(dict.fromkeys(itertools.chain(commands, made)), count)


def wrong_files() -> Iterator[tuple[str, bytes]]:
    """Three hundred names with contents of another kind: programs, pages, pictures, archives, polyglots."""
    heads = {
        "exe": b"MZ\x90\x00\x03\x00\x00\x00",
        "elf": b"\x7fELF\x02\x01\x01",
        "script": b"#!/bin/sh\ntouch mark\n",
        "page": b"<!doctype html><script>struck(1)</script>",
        "svg-script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>struck(1)</script></svg>',
        "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
        "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "gif": b"GIF89a/*<svg/onload=struck(1)>*/=1;",
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
        "empty-zip": b"PK\x05\x06" + bytes(18),
        "rar": b"Rar!\x1a\x07\x01\x00",
        "7z": b"7z\xbc\xaf\x27\x1c",
        "gzip": b"\x1f\x8b\x08\x00",
        "class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        "json": b'{"text": "a", "children": []}',
        "javascript": b"alert(1);//solid",
        "php": b"<?php system($_GET['c']); ?>",
        "bat": b"@echo off\r\ndel *.*\r\n",
        "lnk": b"L\x00\x00\x00\x01\x14\x02\x00",
        "gcode": b"M104 S300\nG28\nM997\n",
        "sqlite": b"SQLite format 3\x00",
        "pickle": b"\x80\x04\x95cos\nsystem\n(S'touch mark'\ntR.",
        "stl-that-ends": b"solid x\n",
        "stl-count": b"MZ" + bytes(78) + b"\xff\xff\xff\x7f",
        "utf-16": "<svg onload='struck(1)'>".encode("utf-16"),
        "wasm": b"\x00asm\x01\x00\x00\x00",
        "ico": b"\x00\x00\x01\x00\x01\x00",
    }
    tails = (b"", b"\x00" * 500, b"solid x\nendsolid x\n", bytes(range(256)) * 4, b"G1 X1\n" * 40)
    for (kind, head), tail, ending in itertools.product(heads.items(), tails, (".stl", ".svg")):
        yield kind + ending, head + tail
