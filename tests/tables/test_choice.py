"""Choosing columns."""

import pytest

from mixtura.tables import TableError, choose_columns, open_table


@pytest.fixture
def named(tmp_path):
    (tmp_path / "named.csv").write_text("a,b,c\n1,2,3\n")
    return open_table(tmp_path / "named.csv")


@pytest.fixture
def plain(tmp_path):
    (tmp_path / "plain.csv").write_text("1,2,3\n4,5,6\n")
    return open_table(tmp_path / "plain.csv")


def test_all_but_some(named, plain):
    assert choose_columns(named) == [0, 1, 2]
    assert choose_columns(plain) == [0, 1, 2]
    assert choose_columns(named, without=[1]) == [0, 2]


def test_some_in_their_order(named, plain):
    assert choose_columns(named, ["c", "a"]) == [2, 0]
    assert choose_columns(plain, ["2", "0"]) == [2, 0]


def test_what_is_not_there(named, plain):
    with pytest.raises(TableError, match=r"named\.csv has no column 'd', expected one; its columns are: a, b, c\."):
        choose_columns(named, ["a", "d"])
    for wrong in ("3", "-1", "a", ""):
        with pytest.raises(TableError, match=rf"no column '{wrong}'; expected positions from 0 to 2"):
            choose_columns(plain, [wrong])


def test_nothing_and_twice(named):
    with pytest.raises(TableError, match=r"Got the columns \(none\)"):
        choose_columns(named, [])
    with pytest.raises(TableError, match="Got the columns a, b, a, expected each once"):
        choose_columns(named, ["a", "b", "a"])
    with pytest.raises(TableError, match="no columns left"):
        choose_columns(named, without=[0, 1, 2])


def test_a_name_that_two_columns_have(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,a\n1,2,3\n")
    table = open_table(tmp_path / "a.csv")
    with pytest.raises(TableError, match="has 2 columns 'a', expected one"):
        choose_columns(table, ["a"])
    assert choose_columns(table, ["b"]) == [1]


def test_many_names_are_not_all_listed(tmp_path):
    (tmp_path / "a.csv").write_text(",".join(f"x{i}" for i in range(30)) + "\n")
    with pytest.raises(TableError, match=r"x18, x19, \.\.\.\.$"):
        choose_columns(open_table(tmp_path / "a.csv"), ["y"])
