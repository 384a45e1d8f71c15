"""Gaussian mixtures: cluster, estimate density, generate images.

The public names are listed here and loaded when they are first used, so ``import mixtura`` itself is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixtura.clusters import MergedGaussianMixture, MergeTree
    from mixtura.estimators.factor_mixture import FactorMixture
    from mixtura.estimators.gaussian_mixture import GaussianMixture
    from mixtura.estimators.summary import Summary
    from mixtura.extras import MissingExtraError
    from mixtura.mixture import Mixture
    from mixtura.model_file import ModelFileError, load_model, save_model
    from mixtura.outcome import Fit, Outcome
    from mixtura.selection.search import GaussianMixtureSearch
    from mixtura.uniform_noise import UniformNoise

__version__ = "0.1.0"
__all__ = [
    "FactorMixture",
    "Fit",
    "GaussianMixture",
    "GaussianMixtureSearch",
    "MergeTree",
    "MergedGaussianMixture",
    "MissingExtraError",
    "Mixture",
    "ModelFileError",
    "Outcome",
    "Summary",
    "UniformNoise",
    "load_model",
    "save_model",
]

_HOME = {
    "FactorMixture": "mixtura.estimators.factor_mixture",
    "Fit": "mixtura.outcome",
    "GaussianMixture": "mixtura.estimators.gaussian_mixture",
    "GaussianMixtureSearch": "mixtura.selection.search",
    "MergeTree": "mixtura.clusters",
    "MergedGaussianMixture": "mixtura.clusters",
    "MissingExtraError": "mixtura.extras",
    "Mixture": "mixtura.mixture",
    "ModelFileError": "mixtura.model_file",
    "Outcome": "mixtura.outcome",
    "Summary": "mixtura.estimators.summary",
    "UniformNoise": "mixtura.uniform_noise",
    "load_model": "mixtura.model_file",
    "save_model": "mixtura.model_file",
}
_ROOMS = {"clusters", "datasets", "families", "images", "lab", "neural", "plots", "selection", "study"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _ROOMS:
        return import_module(f"mixtura.{name}")
    raise AttributeError(f"module 'mixtura' has no attribute {name!r}; it offers {', '.join(__dir__())}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS])
