"""The page about a run of vectors, in a real browser: nothing from outside, readable, searchable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.vectors.report import page
from tests.browser.chromium import Chromium
from tests.browser.vectors_page import Page, hostile_report

pytestmark = pytest.mark.browser

each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])
SHOWN = "return document.querySelectorAll('.records > li:not([hidden])').length"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page.document(hostile_report()), encoding="utf-8")
    return path


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Page]:
    found = Page(chromium.driver)
    yield found
    found.close()


def find(tab: Page, words: str, kind: str) -> int:
    """How many records are to be seen once these are chosen."""
    tab.run(
        "find.value = arguments[0]; kind.value = arguments[1];"
        "find.dispatchEvent(new Event('input')); kind.dispatchEvent(new Event('change'))",
        words,
        kind,
    )
    count: int = tab.run(SHOWN)
    return count


def test_nothing_is_fetched_and_nothing_complained_of(tab: Page, report: Path) -> None:
    tab.open(report)
    fetched = tab.run("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert fetched == []
    assert tab.said() == []
    linked = (
        "return document.querySelectorAll('[src], link, a, iframe, object, base, [style]').length"
    )
    assert tab.run(linked) == 0


def test_the_policy_forbids_what_is_not_of_the_page(tab: Page, report: Path) -> None:
    tab.open(report)
    tab.run(
        "const script = document.createElement('script');"
        "script.textContent = 'document.title = \"owned\"'; document.body.append(script);"
        "const image = document.createElement('img'); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';"
        "document.body.append(image)"
    )
    refusals = [one for one in tab.said() if "Content Security Policy" in one["message"]]
    assert len(refusals) == 2
    assert tab.run("return document.title") != "owned"


def test_hostile_text_is_text(tab: Page, report: Path) -> None:
    tab.open(report)
    assert tab.run("return document.title") == "Vectors: 4 not as due"
    assert tab.run("return document.querySelectorAll('body script').length") == 1
    assert tab.run("return document.querySelectorAll('img, style:not(head style)').length") == 0
    shown = tab.run("return document.body.textContent")
    assert "<script>document.title='owned'</script>" in shown
    assert not {"\x00", "\x1b", "\u202e", "\u2028"} & set(shown)


@each_scheme
@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(tab: Page, report: Path, scheme: str, width: int) -> None:
    tab.open(report, width=width, scheme=scheme)
    tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    # A scroll bar takes some of the width of a screen.
    wide, room = tab.run(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide == room <= width


@each_scheme
def test_text_stands_out_from_its_ground(tab: Page, report: Path, scheme: str) -> None:
    tab.open(report, scheme=scheme)
    find(tab, "", "all")
    tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = tab.contrasts()
    assert {"MARK.", "SPAN.verdict failed", "SPAN.verdict passed", "SPAN.verdict skipped"} <= {
        *found
    }
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}
    dark = tab.run("return getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")


def test_differing_bytes_are_marked_not_by_colour_alone(tab: Page, report: Path) -> None:
    tab.open(report)
    marked = tab.run(
        "return [...document.querySelectorAll('[data-subject=\"plain/wrong\"] mark')].map("
        "(one) => [one.textContent, getComputedStyle(one).textDecorationLine])"
    )
    assert marked == [["ff", "underline"], ["fe 00", "underline"]]


def test_the_filter_shows_what_is_asked_for(tab: Page, report: Path) -> None:
    tab.open(report)
    # What failed is what is looked for.
    assert tab.run(SHOWN) == 4
    assert find(tab, "", "all") == 6
    assert tab.run("return shown.textContent") == "6 of 6 records shown"
    assert find(tab, "", "skipped") == 1
    assert find(tab, "", "right") == 1
    assert find(tab, "PLAIN/ wrong", "all") == 1
    assert find(tab, "00 11 22 33", "wrong") == 1
    assert find(tab, "no such words anywhere", "all") == 0
    assert find(tab, "", "wrong") == 4


def test_the_tree_opens_and_closes_with_the_keyboard(tab: Page, report: Path) -> None:
    tab.open(report)
    state = "return document.querySelector('.group').open"
    tab.run("document.querySelector('.group > summary').focus()")
    before = tab.run(state)
    tab.press("\ue007")
    assert tab.run(state) is not before
    tab.press(" ")
    assert tab.run(state) is before
