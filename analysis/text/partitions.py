"""Work on many texts in parts: here, in other processes or on other machines, all with one result."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analysis.errors import AnalysisError

Arrays = Mapping[str, NDArray[Any]]
Task = Callable[..., Arrays]
#: Texts of a part. The same on every machine: results of a part depend on its bounds to the bit.
PART = 5_000
#: Parts handed out at a time, so that a large set never waits in memory as a whole.
_AT_ONCE = 8


class Cancelled(AnalysisError):
    """Somebody asked to stop; what was finished is kept."""


class Shelf(Protocol):
    """Where finished parts wait, so that work goes on where it was broken off."""

    def load(self, name: str) -> Arrays | None:
        """The part of that name, or None."""

    def keep(self, name: str, arrays: Arrays) -> None:
        """Keep a finished part."""


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def _never() -> bool:
    return False


def _itself(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Work:
    """Who works on parts, who is told, who may stop it, and where finished parts are kept.

    Attributes
    ----------
    executor : concurrent.futures.Executor, optional
        Processes, or machines by `distributed.Client.get_executor`; without one the work is done
        here.
    progress : callable
        Gets the parts that are done and all parts.
    is_cancelled : callable
        Asked after each part.
    shelf : Shelf, optional
    share : callable
        Gets what many parts need, such as a model, and gives what stands for it in their
        arguments: with Dask a reference, so that it travels to each machine once.
    """

    executor: Executor | None = None
    progress: Callable[[int, int], None] = _tell_nobody
    is_cancelled: Callable[[], bool] = _never
    shelf: Shelf | None = None
    share: Callable[[Any], Any] = _itself


@dataclass(slots=True)
class _State:
    """Parts that are finished, and how many there are."""

    work: Work
    names: Sequence[str]
    found: dict[int, Arrays] = field(default_factory=dict)

    def finish(self, number: int, arrays: Arrays) -> None:
        self.found[number] = arrays
        if self.work.shelf is not None:
            self.work.shelf.keep(self.names[number], arrays)
        self.tell()

    def tell(self) -> None:
        self.work.progress(len(self.found), len(self.names))
        if self.work.is_cancelled():
            raise Cancelled


def map_parts(
    task: Task, parts: Sequence[tuple[Any, ...]], names: Sequence[str], work: Work
) -> list[Arrays]:
    """Apply a task to the arguments of each part.

    Parameters
    ----------
    task : callable
        A function of a module, so that it can be sent elsewhere; gives arrays by name.
    parts : sequence of tuple
        Its arguments.
    names : sequence of str
        What each part's result is kept under: a hash of everything that it depends on.
    work : Work

    Returns
    -------
    list of mapping of str to ndarray
        In the order of the parts, whoever finished first.

    Raises
    ------
    Cancelled
        `is_cancelled` said so; parts that other workers have begun are left alone.

    Notes
    -----
    A pool of processes breaks when one of them dies; its unfinished parts are then done here.
    """
    state = _State(work, names)
    for number, name in enumerate(names):
        kept = work.shelf.load(name) if work.shelf is not None else None
        if kept is not None:
            state.found[number] = kept
    state.tell()
    open_parts = [number for number in range(len(parts)) if number not in state.found]
    if work.executor is not None:
        try:
            _elsewhere(work.executor, task, parts, open_parts, state)
        except BrokenExecutor:
            open_parts = [number for number in open_parts if number not in state.found]
    for number in open_parts:
        if number not in state.found:
            state.finish(number, on_one_thread(task, *parts[number]))
    return [state.found[number] for number in range(len(parts))]


def _elsewhere(
    executor: Executor,
    task: Task,
    parts: Sequence[tuple[Any, ...]],
    open_parts: list[int],
    state: _State,
) -> None:
    waiting = list(reversed(open_parts))
    running: dict[Future[Arrays], int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                number = waiting.pop()
                running[executor.submit(on_one_thread, task, *parts[number])] = number
            done, _others = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=running.__getitem__):
                state.finish(running.pop(future), future.result())
    finally:
        for future in running:
            future.cancel()


def on_one_thread(task: Task, *arguments: Any) -> Arrays:
    """Do a part on one thread: as many parts run beside each other as there are cores."""
    with threadpool_limits(limits=1):
        return task(*arguments)


def part_name(*pieces: object) -> str:
    """A name for a part from all that its result depends on."""
    digest = blake2b(digest_size=20)
    for piece in pieces:
        content = (
            piece if isinstance(piece, bytes) else repr(piece).encode("utf-8", "backslashreplace")
        )
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def bounds(n: int, size: int = PART) -> list[slice]:
    """Even cuts of n texts.

    Examples
    --------
    >>> bounds(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]
