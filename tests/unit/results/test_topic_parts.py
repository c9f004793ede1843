"""Work that was broken off: finished parts wait in files, and the result is the same."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from analysis.text.encoders import encode
from analysis.text.partitions import Work
from results.computing.parts import PartFiles

# Runs in a process of its own, which kills itself as a power cut would: after two of three parts.
KILLED = """
import os, signal, sys
from analysis.text.partitions import Work
from analysis.text.topic_model import TopicModel
from results.computing.parts import PartFiles
from pathlib import Path
from tests.unit.results.test_topic_parts import texts_of

def told(done, total):
    if total == 3 and done == 2 and sys.argv[2] == "die":
        os.kill(os.getpid(), signal.SIGKILL)

texts = texts_of(11_000)
shelf = PartFiles(Path(sys.argv[1]))
before = len(list(shelf.folder.glob("*.npz")))
model = TopicModel(3, seed=1, most_fitted=300)
model.fit(texts, ["en"] * len(texts), work=Work(shelf=shelf, progress=told))
print(before, model.placed_.labels.sum(), model.placed_.probabilities.tobytes()[:64].hex())
"""


def texts_of(n):
    subjects = ["water of rivers", "jobs of clerks", "fake news in elections"]
    return [f"{subjects[i % 3]} {subjects[i % 3].split()[i % 2]} number{i % 97}" for i in range(n)]


def run(folder, end):
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), end],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )


def test_a_killed_run_goes_on_at_the_first_open_part(tmp_path):
    killed = run(tmp_path / "parts", "die")
    assert killed.returncode == -9, killed.stderr
    again = run(tmp_path / "parts", "live")
    alone = run(tmp_path / "others", "live")
    assert again.returncode == alone.returncode == 0, again.stderr + alone.stderr
    kept, *resumed = again.stdout.split()
    nothing, *whole = alone.stdout.split()
    # 11,000 texts, 300 learned from: three parts to place, two of them were finished.
    assert (kept, nothing) == ("2", "0")
    assert resumed == whole


def test_parts_hold_what_was_kept_and_old_ones_are_swept(tmp_path):
    earlier = PartFiles(tmp_path)
    earlier.keep("old", {"labels": np.arange(3)})
    earlier.keep("same", {"labels": np.arange(4)})
    (tmp_path / "half.77.part").write_bytes(b"PK\x03\x04half")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04broken")
    now = PartFiles(tmp_path)
    assert now.load("same")["labels"].tolist() == [0, 1, 2, 3]
    assert now.load("broken") is None
    assert now.load("never") is None
    now.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.npz", "same.npz"]


class Lengths:
    name, dimensions, languages = "lengths", 2, frozenset({"en"})

    def __init__(self):
        self.read = 0

    def encode(self, texts):
        self.read += len(texts)
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_vectors_that_no_cache_holds_wait_on_the_shelf(tmp_path):
    encoder = Lengths()
    texts = [f"answer {n}" for n in range(1_500)]
    first = encode(encoder, texts, work=Work(shelf=PartFiles(tmp_path)))
    again = encode(encoder, texts, work=Work(shelf=PartFiles(tmp_path)))
    assert encoder.read == 1_500
    assert again.rows.tobytes() == first.rows.tobytes()
