"""The room as a visitor sees it."""

import subprocess
import sys

from mixtura import datasets


def test_every_public_name_is_there_and_in_order():
    assert datasets.__all__ == sorted(datasets.__all__)
    for name in datasets.__all__:
        assert hasattr(datasets, name)


def test_entering_it_imports_no_optional_library():
    code = "import sys, mixtura.datasets; print([n for n in ('pooch', 'requests', 'platformdirs') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
