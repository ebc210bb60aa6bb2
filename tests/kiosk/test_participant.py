"""A child's way from a word or a file to a ticket, without script, on a real daemon."""

import re
import secrets
import struct

import httpx
import pytest

from tests.kiosk.virtual_bike import Bike

pytestmark = pytest.mark.slicer

STAR = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">
<path d="M20 2 38 38 2 38Z" fill="none" stroke="#f00"/></svg>"""
CUT = re.compile(r'<path class="(\w+)" d="M([\d.]+) ([\d.]+)L[\d. L]+Z"/>')


def key_in(page: httpx.Response) -> str:
    """The idempotency key that the server put into a form."""
    found = re.search(r'name="key" value="([\w-]+)"', page.text)
    assert found
    return found[1]


def job_of(page: httpx.Response) -> str:
    """The job that a page's address names."""
    return page.url.path.rsplit("/", 1)[1]


def bring(browser: httpx.Client, name: str, content: bytes) -> httpx.Response:
    """Send a file by the form of its page."""
    key = key_in(browser.get("/fichier"))
    return browser.post("/fichier", data={"key": key}, files={"file": (name, content)})


def test_a_word_becomes_a_ticket(bike: Bike) -> None:
    """Write, check, send, follow: four pages, the last with a ticket and a code to scan."""
    with bike.browser() as browser:
        form = browser.get("/prenom")
        page = browser.post("/prenom", data={"key": key_in(form), "text": "Zoé"})
        page = bike.ready(browser, page)
        low, high = (int(n) for n in re.findall(r"entre (\d+) et (\d+) minutes", page.text)[0])
        assert 3 <= low < high <= 60
        assert re.search(r"\d+ à \d+ Wh de batterie", page.text)
        page = browser.post(f"/envoyer/{job_of(page)}")
        assert page.url.path == f"/ticket/{job_of(page)}"
        assert re.search(r'id="ticket-name">[A-ZÉ][a-zéèê]+ \d+<', page.text)
        assert "Le médiateur va regarder ton objet." in page.text
        assert 'class="qr"' in page.text


def test_the_preview_is_our_own_mesh(bike: Bike) -> None:
    """What the 3D view loads is a binary STL in the middle of the bed, never an upload."""
    with bike.browser() as browser:
        page = browser.post("/prenom", data={"key": secrets.token_hex(8), "text": "Ana"})
        page = bike.ready(browser, page)
        shape = browser.get(f"/forme/{job_of(page)}")
        picture = browser.get(f"/image/{job_of(page)}")
    assert shape.headers["content-type"] == "model/stl"
    (triangles,) = struct.unpack_from("<I", shape.content, 80)
    assert triangles > 100
    assert len(shape.content) == 84 + 50 * triangles
    assert picture.headers["content-type"] == "image/png"


def test_the_same_form_sent_twice_is_one_object(bike: Bike) -> None:
    """A finger that hits twice, or a browser that sends again, makes nothing twice."""
    with bike.browser() as browser:
        key = secrets.token_hex(8)
        word = {"key": key, "text": "Deux"}
        first, second = (job_of(browser.post("/prenom", data=word)) for _ in range(2))
        assert first == second
        before = set(bike.config.paths.spool.iterdir())
        key = secrets.token_hex(8)
        send = {"data": {"key": key}, "files": {"file": ("a.svg", STAR)}}
        first, second = (job_of(browser.post("/fichier", **send)) for _ in range(2))
        assert first == second
        assert len(set(bike.config.paths.spool.iterdir()) - before) == 1


def test_a_drawing_is_shown_on_its_stock(bike: Bike) -> None:
    """The cut view draws our numbers inside the bed of the mill, and nothing of the file itself."""
    with bike.browser() as browser:
        page = bike.ready(browser, bring(browser, "étoile.SVG", STAR))
    cuts = CUT.findall(page.text)
    assert [role for role, _, _ in cuts] == ["cut"]
    assert all(0 <= float(x) <= 280 and 0 <= float(y) <= 170 for _, x, y in cuts)
    assert "bike-preview" not in page.text
    assert "étoile" not in page.text
    assert re.search(r"36 × 36 mm", page.text)


@pytest.mark.parametrize(
    ("name", "content"), [("a.stl", b"solid of nothing"), ("a.3mf", b"PK\x03\x04 broken"), ("a.svg", b"<svg")]
)
def test_a_bad_file_gets_a_sentence_and_a_new_start(bike: Bike, name: str, content: bytes) -> None:
    """What cannot be made says why, and leads back to the same question."""
    with bike.browser() as browser:
        page = bike.ready(browser, bring(browser, name, content))
        assert "Ça ne marche pas comme ça" in page.text
        assert re.search(r'<p class="big">[^<]{20,}</p>', page.text)
        assert "Traceback" not in page.text
        back = browser.post(f"/recommencer/{job_of(page)}")
        assert back.url.path == "/fichier"


def test_going_back_in_a_forgotten_tab_keeps_what_was_sent(bike: Bike) -> None:
    """The way back throws a draft away, never a ticket; neither page holds a machine command."""
    with bike.browser() as browser:
        form = browser.get("/prenom")
        page = bike.ready(browser, browser.post("/prenom", data={"key": key_in(form), "text": "Ida"}))
        ticket = browser.post(f"/envoyer/{job_of(page)}")
        back = browser.post(f"/recommencer/{job_of(page)}")
        assert back.url.path == ticket.url.path
        assert 'id="ticket-name"' in back.text
    for seen in (page, ticket):
        assert set(re.findall(r'action="/(\w+)', seen.text)) <= {
            "envoyer",
            "recommencer",
            "effacer",
            "changer",
            "appeler",
            "avis",
            "mon",
        }
        assert "/stop" not in seen.text
        assert "/mediateur" not in seen.text


def test_erasing_leaves_nothing(bike: Bike) -> None:
    """File, program, preview and ticket are gone at once; the old address says so."""
    with bike.browser() as browser:
        page = bike.ready(browser, bring(browser, "a.svg", STAR))
        job = job_of(page)
        browser.post(f"/envoyer/{job}")
        files = set(bike.config.paths.spool.iterdir())
        assert browser.post(f"/effacer/{job}").url.path == "/efface"
        assert browser.get(f"/ticket/{job}").url.path == "/efface"
        assert browser.get(f"/forme/{job}").status_code == 404
    assert not (bike.config.paths.jobs / job).exists()
    assert len(set(bike.config.paths.spool.iterdir()) - files) == 0
    assert len(files - set(bike.config.paths.spool.iterdir())) == 1


def test_a_draft_and_its_ticket_have_one_address_each(bike: Bike) -> None:
    """An old tab never shows a state that is over: each address leads to where the object is."""
    with bike.browser() as browser:
        page = bike.ready(browser, bring(browser, "a.svg", STAR))
        job = job_of(page)
        assert browser.get(f"/ticket/{job}").url.path == f"/verifier/{job}"
        browser.post(f"/envoyer/{job}")
        again = browser.post(f"/envoyer/{job}")
        assert again.status_code == 200
        assert browser.get(f"/verifier/{job}").url.path == f"/ticket/{job}"
