"""Calibration: draws of the parameters that agree with the reports of the year before."""
