"""Who does the heavy part of a run: this process, more processes, or the machines of Dask."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context

from analysis.text.partitions import Work
from core.errors import SettingsError

#: Texts from which starting more processes pays. A process costs 2 to 3 s of one core before its
#: first vector, a text of 25 words 1.2 to 1.3 ms. So two free cores break even near 6,000 texts by
#: reckoning; measured, 10,000 of 33 words took 15.3 s with two and 19.9 s here, on two cores that
#: share their units. Below, both would be kept from pages for next to nothing.
MANY = 8_000
_RETRIES = 3


@contextmanager
def work_for(n_texts: int, dask: str) -> Iterator[Work]:
    """Who works on so many texts; this process alone where that is sooner.

    Parameters
    ----------
    n_texts : int
    dask : str
        The address of a Dask scheduler, such as `tcp://scheduler:8786`; empty for this machine.
    """
    if n_texts < MANY:
        yield Work()
    elif dask:
        with _dask(dask) as work:
            yield work
    else:
        count = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
        with ProcessPoolExecutor(count or 1, mp_context=get_context("spawn")) as pool:
            yield Work(executor=pool)


@contextmanager
def _dask(address: str) -> Iterator[Work]:
    if find_spec("distributed") is None:
        raise SettingsError("POLYLOGUE_DASK is set, but the package 'distributed' is missing.")
    # An optional package: most installations never need a second machine.
    distributed = import_module("distributed")
    with (
        distributed.Client(address) as client,
        client.get_executor(pure=False, retries=_RETRIES) as executor,
    ):
        yield Work(executor=executor, share=partial(client.scatter, broadcast=True, hash=False))
