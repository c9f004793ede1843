"""Stands in for the reader of XLSForms: it takes no processor time and never ends."""

import time

time.sleep(3600)
