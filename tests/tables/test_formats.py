"""Endings, and files that arrive whole."""

import os

import numpy as np
import pytest

from mixtura.files import UnwritableError
from mixtura.tables import TableError, check_ending, open_table, write_table
from mixtura.tables.formats import FORMATS


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_keeps_the_contract(tmp_path, ending):
    """Written and read: the same bits, any columns in any order, also where the ending is in capitals."""
    values = np.random.default_rng(0).normal(size=(7, 3))
    for name in (f"a{ending}", f"b{ending.upper()}"):
        write_table(tmp_path / name, ["x", "y", "z"], values)
        table = open_table(tmp_path / name)
        assert table.path == tmp_path / name
        assert table.n_columns == 3
        assert table.names in (None, ("x", "y", "z"))
        assert (table.read([2, 0]) == values[:, [2, 0]]).all()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_missing_file(tmp_path, ending):
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / f"a{ending}")


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.csv.gz"])
def test_another_ending(tmp_path, name):
    for refused in (lambda: open_table(tmp_path / name), lambda: write_table(tmp_path / name, ["a"], np.zeros(1))):
        with pytest.raises(TableError, match=r"expected one of \.csv, \.npy, \.parquet\. Convert"):
            refused()
    with pytest.raises(TableError, match="ends in 'nothing'"):
        check_ending("a")


@pytest.mark.parametrize("ending", FORMATS)
def test_a_failure_leaves_nothing(tmp_path, ending):
    with pytest.raises(UnwritableError, match="Name a file in a folder that exists"):
        write_table(tmp_path / "nowhere" / f"a{ending}", ["a"], np.zeros(1))
    with pytest.raises((ValueError, TypeError, AttributeError)):
        write_table(tmp_path / f"a{ending}", ["a"], None)
    assert os.listdir(tmp_path) == []
