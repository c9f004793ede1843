"""Measurements, run by hand: each prints one JSON line with the machine and the versions."""
