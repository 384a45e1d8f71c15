"""Parquet, with pyarrow and pandas as the ones who write it."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from mixtura.extras import MissingExtraError
from mixtura.tables import TableError, choose_columns, open_table, parquet, write_table


@pytest.fixture
def stored(tmp_path):
    def write(columns, **options):
        pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet", **options)
        return tmp_path / "a.parquet"

    return write


def read(path, columns=None):
    table = open_table(path)
    return table.read(choose_columns(table, columns))


def test_columns_in_the_order_that_is_asked_for(stored):
    path = stored({"a": [1.5, 2.5], "b.c": [3, 4], "kind": ["rose", "lily"]})
    assert open_table(path).names == ("a", "b.c", "kind")
    values = read(path, ["b.c", "a"])
    assert values.dtype == np.float64
    assert values.tolist() == [[3.0, 1.5], [4.0, 2.5]]


def test_types_of_numbers(stored):
    path = stored(
        {
            "half": np.array([1, 2], np.float16),
            "byte": np.array([1, 2], np.uint8),
            "large": np.array([2**62 + 1, 0], np.int64),
            "flag": [True, False],
            "money": [Decimal("1.50"), Decimal("2.25")],
        }
    )
    assert read(path).tolist() == [[1.0, 1.0, float(2**62 + 1), 1.0, 1.5], [2.0, 2.0, 0.0, 0.0, 2.25]]


def test_float32_stays_where_all_are(stored):
    path = stored({"a": np.ones(2, np.float32), "b": np.ones(2, np.float32), "c": np.ones(2)})
    assert read(path, ["a", "b"]).dtype == np.float32
    assert read(path, ["a", "c"]).dtype == np.float64


def test_what_is_written_is_read_bit_for_bit(tmp_path):
    values = np.random.default_rng(0).normal(size=(20, 2))
    write_table(tmp_path / "a.parquet", ["a", "b"], values)
    assert (read(tmp_path / "a.parquet") == values).all()
    assert (pd.read_parquet(tmp_path / "a.parquet").to_numpy() == values).all()
    write_table(tmp_path / "b.parquet", ["component"], np.array([2, 1]))
    assert pd.read_parquet(tmp_path / "b.parquet")["component"].dtype == np.int64


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kind": ["rose"]}, r"column 'kind' holds (large_)?string, expected numbers.*--columns"),
        ({"when": pd.to_datetime(["2020-01-01"])}, "column 'when' holds timestamp"),
        ({"nested": [[1.0, 2.0]]}, "column 'nested' holds list"),
        ({"deep": [{"a": 1.0}]}, "column 'deep' holds struct"),
        ({"kind": pd.Categorical(["rose"])}, "column 'kind' holds dictionary"),
        ({"a": [1.0, 2.0], "b": [1.0, np.nan]}, r"got nan in row 1 \(counted from 0\), column 'b'"),
        ({"a": pd.array([1, None], dtype="Int64")}, "got nan in row 1"),
        ({"a": [np.inf]}, "got inf in row 0"),
        ({"a": np.zeros(0)}, "holds no rows"),
        ({}, "has no columns left"),
    ],
)
def test_what_is_no_table_of_numbers(stored, columns, message):
    with pytest.raises(TableError, match=message) as caught:
        read(stored(columns))
    assert "a.parquet" in str(caught.value)


def test_an_index_of_pandas_is_not_taken_for_data(tmp_path):
    frame = pd.DataFrame({"a": [2.0, 3.0, 1.0, 4.0]})
    frame[frame.a > 1].to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="has no name; it may be an index"):
        read(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", ["a"]).tolist() == [[2.0], [3.0], [4.0]]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PAR1", b"PAR1" + bytes(64) + b"PAR1"])
def test_what_is_no_parquet(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(TableError, match=r"a\.parquet cannot be read as Parquet"):
        read(tmp_path / "a.parquet")


def test_a_damaged_page(tmp_path):
    """What we write has checksums, and those are looked at."""
    path = tmp_path / "a.parquet"
    write_table(path, ["a"], np.random.default_rng(0).normal(size=5000))
    content = bytearray(path.read_bytes())
    content[20_000] ^= 1
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"cannot be read as Parquet .*expected a whole Parquet file"):
        read(path)


def test_a_name_that_is_no_text(stored):
    path = stored({"column": [1.0, 2.0]})
    path.write_bytes(path.read_bytes().replace(b"column", b"\xddolumn"))
    with pytest.raises(TableError, match="cannot be read as Parquet"):
        read(path)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / "a.parquet")


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    def absent(library, *, extra, purpose):
        raise MissingExtraError(f"{library} {extra} {purpose}")

    monkeypatch.setattr(parquet, "require", absent)
    with pytest.raises(MissingExtraError, match=r"pyarrow\.parquet tables Parquet files"):
        open_table(tmp_path / "a.parquet")
