"""Sends files of hostile names to the kiosk and tells what its process wrote, linked or ran, as JSON.

`python -m tests.kiosk.names_audit COUNT FOLDER`: a process of its own, because an audit hook stays for good.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from pathlib import Path

import httpx

from kiosk.access.book import FILE
from kiosk.app import create_app
from onboard.config import Config, KioskSection, PathsSection
from tests.kiosk.hostile import names

BASE = "http://velo.example"
RUNS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "pty.spawn")
MOVES = ("os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "shutil.move")
OURS = re.compile(r"[0-9a-f]{32}(\.part)?")
KEY = '--border\r\nContent-Disposition: form-data; name="key"\r\n\r\n12345678\r\n'
HEAD = KEY + '--border\r\nContent-Disposition: form-data; name="file"; filename="'


def body(name: str) -> bytes:
    """A form as a hostile sender writes it: no browser escapes its file's name."""
    return HEAD.encode() + name.encode("utf-8", "surrogatepass") + b'"\r\n\r\nsolid\r\n--border--\r\n'


async def send(config: Config, count: int) -> Counter[int]:
    """Send every name, each from an address of its own so that no quota hides it; count the answers."""
    app, answers = create_app(config), Counter[int]()
    kind = {"Origin": BASE, "Content-Type": "multipart/form-data; boundary=border"}
    for number, name in enumerate(names(count)):
        transport = httpx.ASGITransport(app, client=(f"10.0.{number // 250}.{number % 250}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=kind) as browser:
            answers[(await browser.post("/fichier", content=body(name))).status_code] += 1
    return answers


def main() -> int:
    """Listen, send, tell; 1 when anything was run, or written anywhere but under a name of ours."""
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    config = Config(paths=PathsSection(state=folder / "state", run=folder / "run"),
                    kiosk=KioskSection(public_url=BASE))  # fmt: skip
    ran: list[str] = []
    written: set[str] = set()

    def hear(event: str, told: tuple[object, ...]) -> None:
        if event in RUNS:
            ran.append(f"{event} {told}")
        elif event in MOVES or (event == "open" and isinstance(told[1], str) and set(told[1]) & set("wax+")):
            written.update(
                str(path) for path in told[:2] if isinstance(path, (str, Path)) and len(str(path)) > 3
            )

    sys.addaudithook(hear)
    answers = asyncio.run(send(config, count))
    spool = config.paths.spool
    ours = {path for path in written if Path(path).parent == spool and OURS.fullmatch(Path(path).name)}
    doors = config.paths.kiosk_state  # who may enter: written at the first start, whatever is sent
    strange = sorted(written - ours - {str(spool), str(spool.parent), str(folder), str(doors)})
    left = [str(path) for path in folder.rglob("*") if path.is_file() and path != doors / FILE]
    told = {"answers": answers, "named": len(ours), "strange": strange, "ran": ran, "left": left}
    print(json.dumps(told))  # noqa: T201 - read by whoever started it
    return 1 if ran or strange or left else 0


if __name__ == "__main__":
    sys.exit(main())
