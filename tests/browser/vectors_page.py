"""A report with hostile text in every field, as the page shows it, and a browser's view of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from countermark.vectors.model import Answer, Question, Record, Skip, VectorSet
from countermark.vectors.reading import Case
from countermark.vectors.report import Report
from countermark.vectors.running import Outcome, Status

HOSTILE: Final = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"&amp;]]>"
    "</style></textarea>\x00\x1b[31m\u202e\ud800\u2028-->"
)
LONG: Final = "a-text-without-any-place-to-break-it-" * 40


def record(name: str, expected: Answer, text: str = "plain") -> Record:
    return Record(
        id=name,
        shows=f"shows {text}",
        section=f"section {text}",
        origin=f"origin {text}",
        question=Question(f"operation {text}", {f"member {text}": [text, 1, None]}),
        expected=expected,
    )


def outcome(subject: str, of: Record, engine: str, got: Answer | None, fault: str = "") -> Outcome:
    case = Case(f"vectors/{subject}.json", subject, of)
    if got is None:
        return Outcome(case, engine, Status.FAULT, None, fault)
    status = Status.PASSED if got == of.expected else Status.FAILED
    return Outcome(case, engine, status, got)


def hostile_report() -> Report:
    """Every kind of outcome, with hostile text wherever text of others can stand."""
    output = {"bytes": "00112233445566778899aabbccddeeff", "text": "the same"}
    other = {"bytes": "00112233445566778899aabbccddeefe00", "text": "the same"}
    right = record("right", Answer("valid", output))
    wrong = record("wrong", Answer("valid", output))
    refused = record(HOSTILE, Answer(HOSTILE), HOSTILE)
    odd = record("odd", Answer("valid", {HOSTILE: HOSTILE, "long": LONG}), LONG)
    outcomes = [
        outcome("plain/right", right, "native", right.expected),
        outcome("plain/wrong", wrong, "native", Answer("valid", other)),
        outcome("plain/wrong", wrong, "reference", wrong.expected),
        outcome(f"hostile/{HOSTILE}", refused, HOSTILE, Answer("valid", {HOSTILE: [HOSTILE]})),
        outcome(f"hostile/{HOSTILE}", odd, "native", Answer("valid", {HOSTILE: "-", "long": "-"})),
        outcome("hostile/fault", record("fault", Answer("valid")), "native", None, HOSTILE + LONG),
    ]
    skipped = VectorSet(f"vectors/{HOSTILE}.json", f"skipped/{HOSTILE}", (), ())
    return Report(("native", HOSTILE), outcomes, [(skipped, Skip(HOSTILE, f"because {HOSTILE}"))])


CONTRASTS: Final = """
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    throw new Error("no ground");
  };
  const found = [];
  for (const element of document.querySelectorAll("body, body *:not(script)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
    found.push([element.tagName + "." + element.className, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]);
  }
  return found;
"""


class Page:
    """The page in a tab that is emulated to be so wide and of such a colour scheme."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def open(self, path: Path, *, width: int = 1200, scheme: str = "light") -> None:
        feature = {"name": "prefers-color-scheme", "value": scheme}
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self._driver.get_log("browser")  # what was said of earlier pages
        self._driver.get(path.as_uri())

    def close(self) -> None:
        """Leaves the tab as it was."""
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self._driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def run(self, script: str, *arguments: Any) -> Any:
        return self._driver.execute_script(script, *arguments)

    def said(self) -> list[dict[str, Any]]:
        """What the console says."""
        found: list[dict[str, Any]] = self._driver.get_log("browser")
        return found

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to what has the focus."""
        for key in keys:
            self._driver.switch_to.active_element.send_keys(key)

    def contrasts(self) -> dict[str, float]:
        """The least contrast of text on its ground, by kind of element (WCAG 2.2, relative luminance)."""
        found: dict[str, float] = {}
        for name, ratio in self.run(CONTRASTS):
            found[name] = min(ratio, found.get(name, ratio))
        return found
