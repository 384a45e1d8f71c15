"""Tables: rows of numbers from files, and back. A tour:

- ``contract.py``: what an open table offers (its names, its columns, their numbers), and the one error.
- ``text.py``: CSV, with commas, semicolons or tabs; with or without a line of names.
- ``npy.py``: NumPy's own arrays; never a pickle.
- ``parquet.py``: Parquet, with pyarrow, which the extra ``tables`` brings.
- ``formats.py``: which ending means which of them: :func:`open_table`, :func:`write_table`.
- ``choice.py``: which columns are meant: :func:`choose_columns`.

A table is opened first and read second, so that columns can be chosen by name before any number is looked at: a column
of words does no harm where nobody asks for it. What is read is finite, or the error says where it is not.
"""

from mixtura.tables.choice import choose_columns
from mixtura.tables.contract import OpenTable, TableError
from mixtura.tables.formats import check_ending, open_table, write_table

__all__ = ["OpenTable", "TableError", "check_ending", "choose_columns", "open_table", "write_table"]
