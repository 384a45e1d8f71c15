"""Choice: which kernel runs here, and why."""

import os
import warnings
from functools import cache

from mixtura.kernels.contract import Kernel
from mixtura.kernels.portable import PortableKernel

__all__ = ["CHOICE_VARIABLE", "best_kernel", "explain_choice"]

CHOICE_VARIABLE = "MIXTURA_KERNEL"
"""Environment variable that asks for ``portable`` or for one instruction set by name; for tests and comparisons."""


@cache
def best_kernel() -> Kernel:
    """Return the fastest kernel of this installation; warn once where that is the portable one for want of a build."""
    asked = os.environ.get(CHOICE_VARIABLE, "")
    if asked == "portable":
        return PortableKernel()
    try:
        from mixtura.kernels.native import INSTRUCTION_SETS, NativeKernel
    except ImportError as error:
        warnings.warn(
            f"The compiled kernel is not there ({error}), so the portable one serves, several times slower. "
            "Install GCC or Clang, then reinstall: pip install --force-reinstall --no-deps mixtura",
            RuntimeWarning,
            stacklevel=2,
        )
        return PortableKernel()
    if asked and asked not in INSTRUCTION_SETS:
        raise ValueError(
            f"Got {CHOICE_VARIABLE}={asked!r}, expected 'portable' or one of {', '.join(INSTRUCTION_SETS)}, which this "
            "processor has. Unset it to let the best be chosen."
        )
    return NativeKernel(asked or INSTRUCTION_SETS[-1])


def explain_choice() -> str:
    """Say which kernel runs and why, in one sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        kernel = best_kernel()
    if os.environ.get(CHOICE_VARIABLE):
        return f"{kernel.name}, because {CHOICE_VARIABLE} asks for it"
    if isinstance(kernel, PortableKernel):
        return f"{kernel.name}, because the compiled kernel was not built when Mixtura was installed"
    return f"{kernel.name}, the widest instruction set that this processor has"
