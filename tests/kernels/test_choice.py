import sys

import numpy as np
import pytest

from mixtura.kernels import choice
from mixtura.kernels.portable import PortableKernel


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv(choice.CHOICE_VARIABLE, raising=False)
    choice.best_kernel.cache_clear()
    yield
    choice.best_kernel.cache_clear()


def test_without_a_build_the_portable_kernel_serves_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "mixtura.kernels.native", None)
    with pytest.warns(RuntimeWarning, match="compiled kernel is not there .* pip install --force-reinstall"):
        kernel = choice.best_kernel()
    assert isinstance(kernel, PortableKernel)
    assert choice.best_kernel() is kernel  # and only once
    assert "was not built" in choice.explain_choice()


def test_the_portable_kernel_can_be_asked_for(monkeypatch):
    monkeypatch.setenv(choice.CHOICE_VARIABLE, "portable")
    assert isinstance(choice.best_kernel(), PortableKernel)
    assert choice.explain_choice() == "portable, because MIXTURA_KERNEL asks for it"


def test_the_widest_instruction_set_is_chosen(monkeypatch):
    native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
    assert choice.best_kernel().name == f"native ({native.INSTRUCTION_SETS[-1]})"
    assert "widest instruction set" in choice.explain_choice()
    choice.best_kernel.cache_clear()
    monkeypatch.setenv(choice.CHOICE_VARIABLE, "plain")
    assert choice.best_kernel().name == "native (plain)"


def test_an_unknown_instruction_set_is_named(monkeypatch):
    pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
    monkeypatch.setenv(choice.CHOICE_VARIABLE, "mmx")
    with pytest.raises(ValueError, match="MIXTURA_KERNEL='mmx', expected 'portable' or one of plain"):
        choice.best_kernel()


def test_one_fit_with_each_kernel(monkeypatch):
    from mixtura import GaussianMixture

    X = np.random.default_rng(0).normal(size=(300, 2))
    found = []
    for name in ("portable", ""):
        monkeypatch.setenv(choice.CHOICE_VARIABLE, name)
        choice.best_kernel.cache_clear()
        found.append(GaussianMixture(2, random_state=0, max_iter=500).fit(X).lower_bound_)
    assert found[0] == pytest.approx(found[1], rel=1e-12)
