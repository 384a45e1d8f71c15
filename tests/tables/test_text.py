"""CSV: what it may look like, and what is refused with its line and column."""

import io

import numpy as np
import pandas as pd
import pytest

from mixtura.tables import TableError, choose_columns, open_table, write_table
from mixtura.tables.text import print_text


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def read(path, columns=None, header=None):
    table = open_table(path, header)
    return table.read(choose_columns(table, columns))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4.5\n",
        "a,b\n1,2\n3,4.5",
        "a,b\r\n1,2\r\n3,4.5\r\n\r\n\n",
        "a;b\n1;2\n3;4.5\n",
        "a\tb\n1\t2\n3\t4.5\n",
        ' a ,"b"\n 1 ,"2"\n3,+45e-1\n',
        "\ufeffa,b\n1,2\n3,4.5\n",
    ],
)
def test_the_ways_to_write_the_same_table(csv, text):
    table = open_table(csv(text))
    assert table.names == ("a", "b")
    assert table.n_columns == 2
    values = table.read([0, 1])
    assert values.dtype == np.float64
    assert values.tolist() == [[1.0, 2.0], [3.0, 4.5]]
    assert table.read([1]).tolist() == [[2.0], [4.5]]
    assert table.read([1, 0]).tolist() == [[2.0, 1.0], [4.5, 3.0]]


def test_numbers_alone_have_no_names(csv):
    table = open_table(csv("1,2\n3,4\n"))
    assert table.names is None
    assert table.read([0, 1]).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_single_column(csv):
    assert read(csv("height\n1\n2\n")).tolist() == [[1.0], [2.0]]
    assert read(csv("1\n2\n")).tolist() == [[1.0], [2.0]]


def test_every_digit_is_read_as_pandas_and_python_read_it(tmp_path):
    values = np.random.default_rng(0).normal(size=(50, 3)) * 10.0 ** np.arange(-300, 301, 300)
    pd.DataFrame(values, columns=["a", "b", "c"]).to_csv(tmp_path / "a.csv", index=False)
    assert (read(tmp_path / "a.csv") == values).all()


def test_what_is_written_is_read_bit_for_bit(tmp_path):
    values = np.random.default_rng(0).normal(size=(20, 2)) * 1e-9
    write_table(tmp_path / "a.csv", ["plain", 'odd, "name"\n'], values)
    table = open_table(tmp_path / "a.csv")
    assert table.names == ("plain", 'odd, "name"')
    assert (table.read([0, 1]) == values).all()


def test_whole_numbers_are_written_whole(tmp_path):
    stream = io.StringIO()
    print_text(stream, ["component"], np.array([2, 0]))
    assert stream.getvalue() == "component\n2\n0\n"


def test_names_or_numbers_can_be_told(csv):
    path = csv("2019,2020\n1,2\n")
    assert open_table(path).names is None
    assert open_table(path, header=True).names == ("2019", "2020")
    assert open_table(path, header=False).names is None
    flowers = csv("5.1,3.5,setosa\n4.9,3.0,setosa\n")
    assert read(flowers, ["0", "1"], header=False).tolist() == [[5.1, 3.5], [4.9, 3.0]]


def test_words_in_columns_that_nobody_asked_for_do_no_harm(csv):
    assert read(csv("kind,a\nrose,1\nlily,2\n"), ["a"]).tolist() == [[1.0], [2.0]]


def test_a_cell_may_span_lines_and_lines_are_counted_as_an_editor_does(csv):
    path = csv('note,a\n"two\nlines",1\nok,x\n')
    with pytest.raises(TableError, match="got 'x' in line 4, column 'a'"):
        read(path, ["a"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with an empty line or is empty"),
        ("\n1,2\n", "begins with an empty line"),
        ("a,b\n", "holds no rows, expected some under its columns, of which it has 2"),
        ("a,b\n\n\n", "holds no rows"),
        ("5.1,3.5,setosa\n", "the first line mixes words and numbers.*--header or --no-header"),
        ("a,b\n1,2\n3\n", "got 1 cells in line 3, expected 2 as in the first line"),
        ("a,b\n1,2\n3,4,5\n", "got 3 cells in line 3, expected 2"),
        ("a,b\n1,2\n\n3,4\n", "got 0 cells in line 3, expected 2"),
        ("a,b\n1,rose\n", r"got 'rose' in line 2, column 'b', expected a finite number.*--columns, such as a\."),
        ("a,b\n1,\n", "got an empty cell in line 2, column 'b'"),
        ("a,b\n1,2\nnan,4\n", "got 'nan' in line 3, column 'a'"),
        ("a,b\n1,-inf\n", "got '-inf' in line 2, column 'b'"),
        ("a,b\n1,1e999\n", "got '1e999' in line 2, column 'b'"),
        ("a,b c,d\nx,2,3\n", r"with --columns\.$"),
        (",".join("abcdefghij") + "\n" + "x" + ",1" * 9 + "\n", r"with --columns\.$"),
        ("a,b\n1_000,2\n", "got '1_000' in line 2, column 'a'"),
        ("1,2\n3,x\n", r"got 'x' in line 2, column 1 \(counted from 0\).*--columns\.$"),
        ("a;b\n1,5;2\n", "got '1,5' in line 2, column 'a'"),
        (f"a\n{'x' * 500}\n", "got 'x{40}...' in line 2"),
        (f"a\n1\n{'x' * 200_000}\n", "line 3 is not CSV"),
        ('a,b\n1,"2\n', "is not CSV"),
        ("a,a\n1,2\n", "two columns are named 'a'"),
        (",a\n0,1\n", r"column 0 \(counted from 0\) has no name; it may be an index"),
    ],
)
def test_what_is_no_table_of_numbers(csv, text, message):
    with pytest.raises(TableError, match=message) as caught:
        read(csv(text))
    assert "a.csv" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding(csv, encoding):
    with pytest.raises(TableError, match=r"a\.csv is not UTF-8 text .*save it as UTF-8"):
        read(csv("größe,b\n1,2\n", encoding))


def test_another_encoding_further_down(csv):
    with pytest.raises(TableError, match="is not UTF-8 text"):
        read(csv("a,b\n" + "1,2\n" * 50_000 + "1,é\n", "latin-1"))


def test_a_parquet_file_by_a_false_name(tmp_path):
    pd.DataFrame({"a": [1.0]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").rename(tmp_path / "a.csv")
    with pytest.raises(TableError, match=r"a\.csv"):
        read(tmp_path / "a.csv")
