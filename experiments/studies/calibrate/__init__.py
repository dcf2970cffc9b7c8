"""Calibration: the year before held against what was reported of it, and the draws that agree with it."""
