"""Progress while something is done many times: a live bar, or lines where no terminal is."""

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINE_EVERY = 10.0  # seconds, where nobody watches a bar


@contextlib.contextmanager
def progress(total: int, doing: str, always: str, *others: str) -> Iterator[Callable[[str], None]]:
    """Give a function that shows one more of `total`: in a live bar, or in lines on no terminal.

    Its argument says as what that one is counted, such as "not graded"; an empty text is not
    counted. The count of `always` is shown at once, those of `others` where there are any. `doing`
    stands before the bar.
    """
    console = Console(stderr=True)
    counts: Counter[str] = Counter()

    def told() -> str:
        shown = (word for word in (always, *others) if word == always or counts[word])
        return ", ".join(f"{counts[word]} {word}" for word in shown)

    with (_bar if console.is_terminal else _lines)(console, total, doing, told) as advance:

        def show(word: str) -> None:
            counts[word] += 1
            advance()

        yield show


@contextlib.contextmanager
def _lines(
    console: Console, total: int, doing: str, told: Callable[[], str]
) -> Iterator[Callable[[], None]]:
    done, last = 0, time.monotonic()

    def advance() -> None:
        nonlocal done, last
        done += 1
        if done == total or time.monotonic() - last > _LINE_EVERY:
            last = time.monotonic()
            print(f"{done} of {total} done, {told()}", file=sys.stderr, flush=True)

    yield advance


@contextlib.contextmanager
def _bar(
    console: Console, total: int, doing: str, told: Callable[[], str]
) -> Iterator[Callable[[], None]]:
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} a second, "),
        TimeRemainingColumn(),
        TextColumn("left, {task.fields[told]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=total, rate="-", told=told())

        def advance() -> None:
            bar.advance(task)
            speed = bar.tasks[task].speed
            bar.update(task, told=told(), rate=f"{speed:.1f}" if speed else "-")

        yield advance
