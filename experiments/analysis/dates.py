"""Days of the model as dates: day 0 is the start of the theatre."""

from calendar import monthrange
from datetime import date, timedelta


def shown(start: date, day: float) -> str:
    """Return the date of a day of the model in words.

    >>> shown(date(2020, 9, 30), 14)
    '14 October 2020'
    """
    found = start + timedelta(days=round(day))
    return f"{found.day} {found:%B %Y}"


def last_date(start: date, days: int) -> date:
    """Return the date of the last of the first `days` days, as "by day 730" means it.

    >>> last_date(date(2020, 9, 30), 730)
    datetime.date(2022, 9, 29)
    """
    return start + timedelta(days=days - 1)


def months_after(start: date, months: int) -> date:
    """Return the same day of a later month, or the last one of a shorter month.

    >>> months_after(date(2020, 9, 30), 5)
    datetime.date(2021, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
