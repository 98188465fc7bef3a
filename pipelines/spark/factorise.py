"""Implicit-feedback matrix factorisation by alternating least squares, by one of two engines.

Method: Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008: a pair of
weight w is a preference of 1 with confidence 1 + alpha · log(1 + w), the damped form of that paper, every
other pair one of 0 with confidence 1.
``implicit`` solves it on one machine, MLlib on a cluster.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame, SparkSession
from scipy.sparse import csr_array, csr_matrix
from threadpoolctl import threadpool_limits

from features.definitions import FACTOR_SIZE

Engine = Literal["implicit", "mllib"]
Floats = NDArray[np.float32]


class FactorSettings(msgspec.Struct, frozen=True):
    """How to factorise. ``warm_iterations`` are enough when the factors of an earlier date are at hand."""

    size: int = FACTOR_SIZE
    alpha: float = 10.0
    regularization: float = 15.0
    iterations: int = 12
    warm_iterations: int = 4
    seed: int = 7


class Factors(NamedTuple):
    """``users`` (n, size), ``posts`` (m, size) float32; a row of zeros is someone without engagement."""

    users: Floats
    posts: Floats


Fit = Callable[[SparkSession, csr_array, FactorSettings, Factors | None], Factors]


def fit_implicit(
    _spark: SparkSession, liked: csr_array, settings: FactorSettings, start: Factors | None = None
) -> Factors:
    """Factors of the weights ``liked`` (n, m) on this machine's cores, from ``start`` on if given."""
    confidence = csr_matrix(liked, dtype=np.float32, copy=True)
    confidence.data = 1 + settings.alpha * np.log1p(confidence.data)
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=settings.size, regularization=settings.regularization, random_state=settings.seed,
            iterations=settings.warm_iterations if start else settings.iterations, dtype=np.float32,
        )  # fmt: skip
        if start:
            model.user_factors, model.item_factors = (
                _with_noise(factors, settings.seed) for factors in start
            )
        model.fit(confidence, show_progress=False)
    return Factors(_seen(model.user_factors, liked, 1), _seen(model.item_factors, liked, 0))


def fit_mllib(
    spark: SparkSession, liked: csr_array, settings: FactorSettings, _start: Factors | None = None
) -> Factors:
    """The same factors by Spark's executors; MLlib takes no start."""
    pairs = liked.tocoo()
    columns = [
        pa.array(pairs.row.astype(np.int32)),
        pa.array(pairs.col.astype(np.int32)),
        pa.array(pairs.data),
    ]
    # MLlib scales the regularisation by how many pairs a row has; about the mean brings it back.
    mean = max(1.0, liked.nnz / max(1, liked.shape[0]))
    model = ALS(
        rank=settings.size, maxIter=settings.iterations, regParam=settings.regularization / mean,
        implicitPrefs=True, alpha=settings.alpha, userCol="user", itemCol="post", ratingCol="weight",
        seed=settings.seed, numUserBlocks=4, numItemBlocks=4,
    ).fit(spark.createDataFrame(pa.table(columns, ["user", "post", "weight"])))  # fmt: skip
    users, posts = liked.shape
    return Factors(
        _collected(model.userFactors, users, settings.size),
        _collected(model.itemFactors, posts, settings.size),
    )


ENGINES: dict[Engine, Fit] = {"implicit": fit_implicit, "mllib": fit_mllib}


def _collected(factors: DataFrame, rows: int, size: int) -> Floats:
    table = factors.toArrow()
    dense = np.zeros((rows, size), dtype=np.float32)
    dense[table["id"].to_numpy()] = table["features"].combine_chunks().flatten().to_numpy().reshape(-1, size)
    return dense


def _with_noise(factors: Floats, seed: int) -> Floats:
    """Rows that the start does not know begin as small random numbers, as in a cold start."""
    rows = np.array(factors, dtype=np.float32)
    unknown = ~rows.any(axis=1)
    noise = np.random.default_rng(seed).random((int(unknown.sum()), rows.shape[1]), dtype=np.float32)
    rows[unknown] = 0.01 * noise
    return rows


def _seen(factors: Floats, liked: csr_array, axis: int) -> Floats:
    """Without the noise of rows that no pair informs."""
    informed = np.diff(liked.indptr) > 0 if axis else np.bincount(liked.indices, minlength=liked.shape[1]) > 0
    return np.where(informed[:, None], factors, 0).astype(np.float32)
