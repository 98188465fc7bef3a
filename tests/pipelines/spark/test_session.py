"""The session keeps to itself: UTC, loopback, its files inside the home; refusals are clear."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from feed_core.model.errors import Unavailable
from pipelines.spark import java
from pipelines.spark.session import open_session


@pytest.mark.spark
def test_the_session_is_local_quiet_and_in_utc(spark: SparkSession) -> None:
    settings = spark.sparkContext.getConf()
    assert settings.get("spark.driver.host") == "127.0.0.1"
    assert settings.get("spark.ui.enabled") == "false"
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.sql("SELECT CAST(timestamp_millis(0) AS STRING)").collect()[0][0] == "1970-01-01 00:00:00"


@pytest.mark.spark
def test_its_log_and_scratch_lie_in_the_home(spark: SparkSession) -> None:
    scratch = Path(str(spark.sparkContext.getConf().get("spark.local.dir")))
    assert scratch.name == ".scratch"
    assert (scratch.parent / "spark.log").exists()


@pytest.mark.spark
def test_opening_again_gives_the_same_session(spark: SparkSession, home: Path) -> None:
    assert open_session(home).sparkContext is spark.sparkContext


def test_without_java_nothing_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(home))
    monkeypatch.setattr(java, "_INSTALLED", home)
    with pytest.raises(Unavailable, match="Spark needs Java"):
        open_session(home)
