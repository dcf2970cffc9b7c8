"""Grades of evidence: what a number is based on."""

GRADES = {"A": "data", "B": "literature or a few cases", "C": "judgement"}
"""What stands behind a number: a count of ten cases or more, or an official figure; literature, analogues, a few cases; or a
judgement. It says nothing of how well the number is known: the prior does."""
