"""A page of the documentation, walked in a browser: its steps are all that is done there.

    **Submit**           is pressed
    `Control+A`          is typed: keys, with their names joined by +, or text
    *your name*          is typed, too; a test says what it is
    “What to do next”    is waited for, and must be on the page
    in JupyterLab        goes to the browser's tab of that name

The reader looks on from the last thing of a step that was named, as people do: of several things
with a name it takes the first one to the right of that one, or below it. A step begins at the top.
"""

import re
import time
from typing import NamedTuple

from playwright.sync_api import Error

STEP = re.compile(r"^\d+\. (.*)$", re.M)
MARK = re.compile(
    r"\[[^]]*\]\([^)]*\)"  # a link to somewhere else on the page
    r"|\*\*(?P<press>[^*]+)\*\*|`(?P<keys>[^`]+)`|\*(?P<own>[^*]+)\*"
    r"|“(?P<see>[^”]+)”|(?P<tab>in JupyterLab)"
)
KEYS = re.compile(r"(Control|Shift|Enter|Tab)(\+\w+)?")
SECONDS = 120
SAME_LINE = 10  # pixels between the middles of two things in a line
# What looks as if it could be pressed.
PRESSABLE = (
    "a, button, input, jp-button, .cm-content, .jp-LauncherCard, [role=menuitem], [role=tab]"
)


class Mark(NamedTuple):
    """Something that a step says: what to do, and with what."""

    action: str
    name: str


def steps(text, heading):
    """Return the marks of each numbered step below a heading of a page."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        [
            Mark(found.lastgroup, found[found.lastgroup])
            for found in MARK.finditer(step)
            if found.lastgroup
        ]
        for step in STEP.findall(section)
    ]


class Reader:
    """Does in a browser what a page says, and nothing else.

    `own` holds what only the reader knows, by the words of the page; its address is the only one
    that is ever typed. `pressed` is what was pressed, with the time of each (monotonic).
    """

    def __init__(self, context, address, own):
        self.page, self.address, self.own = context.new_page(), address, own
        self.lab, self.pressed, self.last = self.page, [], None
        context.on("page", self._turn_to)

    def follow(self, step):
        """Do one step, mark by mark; yield each that is done."""
        self.last = None
        for mark in step:
            getattr(self, f"_{mark.action}")(mark.name)
            yield mark

    def _press(self, name):
        self.last = self._find(name, PRESSABLE)
        self.pressed.append((name, time.monotonic()))
        self.last.click()

    def _see(self, name):
        self.last = self._find(name, "*")

    def _keys(self, text):
        if KEYS.fullmatch(text):
            self.page.keyboard.press(text)
        else:
            self.page.keyboard.insert_text(text)

    def _own(self, name):
        assert name in self.own, f"The page asks for what nobody told the test: {name}"
        if name == self.address:
            self.page.goto(self.own[name])
        else:
            self.page.keyboard.insert_text(self.own[name])

    def _tab(self, _):
        self._turn_to(self.lab)
        self.page.bring_to_front()

    def _turn_to(self, page):
        self.page, self.last = page, None

    def _find(self, name, kind):
        """Wait for what has a name on the screen; return the one that the reader comes to first."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                if found := self._first(name, kind):
                    return found
            except Error:  # the page changes while it is read
                pass
            time.sleep(0.05)
        raise AssertionError(f"“{name}” is not on the screen: {self.page.title()}, {self.page.url}")

    def _first(self, name, kind):
        page, after = self.page, _middle(self.last) if self.last else None
        for named in (
            page.get_by_text(name, exact=True),
            page.get_by_label(name).and_(page.locator("input")),
            page.get_by_text(re.compile(f"^\\s*{re.escape(name)}", re.M)),
        ):
            found = [one for one in named.element_handles() if one.evaluate(CLOSEST, kind)]
            places = {place: one for one in found if (place := _middle(one))}
            for place in sorted(places):
                if after is None or _is_behind(place, after):
                    return places[place]
        return None


CLOSEST = "(element, kind) => element.closest(kind) !== null"


def _middle(element):
    """Return the place of an element as (y, x); None where it has none."""
    box = element.bounding_box() if element.is_visible() else None
    return box and (box["y"] + box["height"] / 2, box["x"] + box["width"] / 2)


def _is_behind(place, other):
    (y, x), (other_y, other_x) = place, other
    return x > other_x if abs(y - other_y) < SAME_LINE else y > other_y
