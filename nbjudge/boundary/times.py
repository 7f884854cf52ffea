"""Python's dates and times, as parts and back.

A time zone travels as its offset. One that is known by its name (`zoneinfo`) does not: the name is
a path to a file of the machine.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from nbjudge.boundary.kinds import Kind, whole


def _from_zone(value: timezone) -> list[Any]:
    offset, name = value.utcoffset(None), value.tzname(None)
    return [offset] if name == timezone(offset).tzname(None) else [offset, name]


def _to_zone(offset: Any, *name: Any) -> timezone:
    if type(offset) is not timedelta or any(type(one) is not str for one in name):
        raise ValueError("A time zone has no offset.")
    return timezone(offset, *name)


def _zone(value: Any) -> timezone | None:
    if value is not None and type(value) is not timezone:
        raise ValueError("A time zone is none.")
    return value


def _from_time(value: time | datetime) -> list[Any] | None:
    if value.tzinfo is not None and type(value.tzinfo) is not timezone:
        return None
    return [value.tzinfo, value.fold, value.hour, value.minute, value.second, value.microsecond]


def _to_time(zone: Any, fold: Any, *clock: Any) -> time:
    turn, hour, minute, second, microsecond = whole(fold, *clock)
    return time(hour, minute, second, microsecond, tzinfo=_zone(zone), fold=turn)


def _from_datetime(value: datetime) -> list[Any] | None:
    clock = _from_time(value)
    return clock and [value.year, value.month, value.day, *clock]


def _to_datetime(year: Any, month: Any, day: Any, *clock: Any) -> datetime:
    return datetime.combine(date(*whole(year, month, day)), _to_time(*clock))


KINDS: dict[type, Kind] = {
    date: Kind("date", lambda v: [v.year, v.month, v.day], lambda *parts: date(*whole(*parts))),
    time: Kind("time", _from_time, _to_time),
    datetime: Kind("datetime", _from_datetime, _to_datetime),
    timedelta: Kind(
        "timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda *parts: timedelta(*whole(*parts)),
    ),
    timezone: Kind("timezone", _from_zone, _to_zone),
}
