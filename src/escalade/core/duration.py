"""Seconds as they are kept: to the microsecond. Below that they tell nothing, and take room in every record."""


def to_microseconds(seconds: float) -> float:
    """`seconds` rounded to six decimals. Rounding to a whole number costs a tenth of rounding to decimals."""
    return round(seconds * 1e6) / 1e6
