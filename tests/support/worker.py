"""A worker process of the tests: it writes down what it did, so that doing it twice shows."""

import sys
import threading
import time
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from core.db import Database
from core.jobs import JobContext
from core.worker import Worker

INSERT = text("INSERT INTO effect (job, owner) VALUES (:number, :owner)")


def note(context: JobContext) -> None:
    time.sleep(float(context.args.get("seconds", 0)))
    with context.finish() as session:
        values: dict[str, Any] = {"number": context.args["number"], "owner": context.owner}
        session.connection().execute(INSERT, values)


if __name__ == "__main__":
    Worker(
        app=Flask("worker"),
        database=Database(sys.argv[1]),
        handlers={"note": note, "slow": note},
        schedule=(),
        lease=timedelta(seconds=2),
    ).run_forever(threading.Event())
