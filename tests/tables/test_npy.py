"""Arrays on disk: mapped, checked, never unpickled."""

import numpy as np
import pytest

from mixtura.tables import TableError, choose_columns, open_table, write_table


@pytest.fixture
def npy(tmp_path):
    def write(array, **options):
        np.save(tmp_path / "a.npy", array, **options)
        return tmp_path / "a.npy"

    return write


def read(path, columns=None):
    table = open_table(path)
    return table.read(choose_columns(table, columns))


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "<f2", "<i4", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_real_numbers_of_any_type(npy, dtype, order):
    values = np.array([[1, 0, 1], [0, 1, 1]], dtype=dtype, order=order)
    found = read(npy(values))
    assert found.dtype == (np.float32 if values.dtype.newbyteorder("=") == np.float32 else np.float64)
    assert found.dtype.isnative
    assert (found == values).all()
    found[0, 0] = 7  # a copy in memory: the file stays as it is


def test_columns_by_position(npy):
    path = npy(np.arange(6.0).reshape(2, 3))
    table = open_table(path)
    assert (table.names, table.n_columns) == (None, 3)
    assert read(path, ["2", "0"]).tolist() == [[2.0, 0.0], [5.0, 3.0]]


def test_what_is_written_is_read_bit_for_bit(tmp_path):
    values = np.random.default_rng(0).normal(size=(20, 2))
    write_table(tmp_path / "a.npy", ["a", "b"], values)
    assert (read(tmp_path / "a.npy") == values).all()
    write_table(tmp_path / "b.npy", ["component"], np.array([2, 1]))
    assert np.load(tmp_path / "b.npy").tolist() == [2, 1]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3), r"shape \(3,\), expected \(rows, columns\).*reshape\(-1, 1\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (np.zeros((3, 0)), r"shape \(3, 0\)"),
        (np.zeros((0, 3)), "holds 0 bytes of numbers, expected 0 .* and some rows"),
        (np.array([["a", "b"]]), "holds <U1, expected real numbers"),
        (np.zeros((2, 2), complex), "holds complex128"),
        (np.zeros((2, 2), "M8[s]"), "expected real numbers"),
        (np.zeros((2, 2), [("a", "f8")]), "expected real numbers"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), r"got nan in row 1 \(counted from 0\), column 1 \(counted from 0\)"),
        (np.array([[1.0, -np.inf]], np.float32), "got -inf in row 0"),
    ],
)
def test_what_is_no_table_of_numbers(npy, array, message):
    with pytest.raises(TableError, match=message) as caught:
        read(npy(array))
    assert "a.npy" in str(caught.value)


def test_the_column_is_the_files_own(npy):
    with pytest.raises(TableError, match="column 2"):
        read(npy(np.array([[1.0, 2.0, np.nan]])), ["0", "2"])


def test_a_pickle_is_never_opened(npy):
    with pytest.raises(TableError, match=r"is no array of numbers \(its elements are Python objects"):
        read(npy(np.array([[print]], dtype=object), allow_pickle=True))


@pytest.mark.parametrize("keep", [0, 3, 9, 40, 130, 135])
def test_a_truncated_file(npy, keep):
    path = npy(np.ones((1, 2)))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(TableError, match=r"a\.npy (is no array|holds \d+ bytes of numbers, expected 16)"):
        read(path)


def test_huge_dimensions_are_refused_unallocated(npy):
    path = npy(np.ones((10, 10)))
    text = path.read_bytes()
    for claimed in (b"(99999999, 99999999)", b"(4611686018427387904, 4)"):
        path.write_bytes(text.replace(b"(10, 10), }" + b" " * (len(claimed) - 8), claimed + b", }"))
        with pytest.raises(TableError, match=r"holds 800 bytes of numbers, expected \d{17}"):
            read(path)


def test_an_archive_of_arrays_by_a_false_name(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.ones((2, 2)))
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    with pytest.raises(TableError, match=r"is no array .*write it with numpy\.save"):
        read(tmp_path / "a.npy")
