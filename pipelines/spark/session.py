"""One way to open Spark: settings for two cores and 2 GB here, or for a cluster by its address."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from feed_core.model.errors import Unavailable
from pipelines.spark.java import java_home

LOCAL = "local[*]"


def open_session(
    home: Path,
    *,
    master: str = LOCAL,
    app: str = "loupe",
    driver_memory: str = "2g",
    shuffle_partitions: int | None = None,
    extra: Mapping[str, str] | None = None,
) -> SparkSession:
    """Start Spark, or take the session of this process. Its own log is ``home/spark/spark.log``.

    ``master`` is ``local[n]`` or a cluster such as ``spark://host:7077``, whose workers must see
    ``home`` under the same path. Raises ``Unavailable`` when Java is missing or Spark does not start.
    """
    folder = home / "spark"
    scratch = folder / ".scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ["JAVA_HOME"] = str(java_home())
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    local = master.startswith("local")
    if local:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        **_COMMON,
        **(_LOCAL if local else {}),
        **_sized(scratch, driver_memory, shuffle_partitions or (2 if local else 64)),
        **(extra or {}),
    }
    builder = SparkSession.builder.master(master).appName(app)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _stderr_into(folder / "spark.log"):
            return builder.getOrCreate()
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise Unavailable(
            f"Spark did not start at {master} ({reason}).", fix=f"See {folder / 'spark.log'}."
        ) from error


def _sized(scratch: Path, driver_memory: str, shuffle_partitions: int) -> dict[str, str]:
    return {
        "spark.driver.memory": driver_memory,
        "spark.sql.shuffle.partitions": str(shuffle_partitions),
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }


_COMMON = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.hadoop.fs.defaultFS": "file:///",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Adaptive re-planning and wide scheduling cost more than they give on a few hundred MB.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.files.openCostInBytes": "262144",
    # A job with a task per file, where there are more than 32, to find out that they are there.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    "spark.shuffle.compress": "false",
    "spark.sql.codegen.cache.maxEntries": "1000",
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC -XX:TieredStopAtLevel=1",
}


@contextmanager
def _stderr_into(log: Path) -> Iterator[None]:
    """The Java process inherits standard error when it starts; give it a file instead of the terminal."""
    kept = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
