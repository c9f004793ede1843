"""A reader that never ends, under the limits of the real one."""

from surveys.interchange.xlsform.child import _limit

if __name__ == "__main__":
    _limit()
    while True:
        pass
