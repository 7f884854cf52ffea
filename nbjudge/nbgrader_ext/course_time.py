"""Times as the course's people read them: in the course's time zone, which is printed with each.

nbgrader keeps times in UTC without saying so. The zone is nbgrader's own `c.Exchange.timezone`,
such as "Europe/Berlin"; UTC where the course sets none.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil.tz import gettz
from nbgrader.exchange.default import Exchange

from nbjudge.course import RubricError

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


class CourseTime:
    """The time zone of a course; `config` is nbgrader's configuration.

    Raises `RubricError` where the configuration names no time zone.
    """

    def __init__(self, config: Any):
        name = Exchange(config=config).timezone
        zone = gettz(name) if name else None  # an empty name would be this machine's zone
        if zone is None:
            raise RubricError(
                f"c.Exchange.timezone in nbgrader_config.py is '{name}', which is no time zone. "
                "Write one of the IANA's names, such as 'Europe/Berlin' or 'UTC'."
            )
        self.zone = zone

    def text(self, when: datetime) -> str:
        """Return a time with its zone: "2026-12-05 18:00:00 CET".

        A time without a zone is in UTC, as nbgrader's are.
        """
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return f"{aware.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"


def span(length: timedelta) -> str:
    """Return a length of time in words, by its two largest units: "1 day 3 hours".

    >>> span(timedelta(hours=27, minutes=59))
    '1 day 3 hours'
    """
    left = max(int(length.total_seconds()), 1)
    words: list[str] = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count or words:
            words.append(f"{count} {unit}{'' if count == 1 else 's'}" if count else "")
    return " ".join(filter(None, words[:2]))
