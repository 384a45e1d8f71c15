"""Fitted: what files say of how a mixture of rows was fitted, and to which features."""

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.words import Types, check_choice, check_fields
from mixtura.outcome import Outcome

__all__ = ["FITTED", "read_dtype", "read_features", "rebuild", "restore_features", "write_features", "write_fit"]

FITTED: dict[str, Types] = {"dtype": (str,), "feature_names": (list, type(None)), "settings": (dict,), "fit": (dict,)}
"""Fields that all mixtures of rows have."""

_FIT: dict[str, Types] = {"outcome": (str,), "n_iter": (int,), "lower_bound": (float, int, type(None))}
_DTYPES = ("float64", "float32")


def write_fit(model: Any) -> dict[str, Any]:
    """Return the field ``fit``: the outcome by name, iterations, and the mean log-likelihood, null if not known."""
    bound = float(model.lower_bound_)
    return {
        "outcome": model.outcome_.name,
        "n_iter": int(model.n_iter_),
        "lower_bound": bound if math.isfinite(bound) else None,
    }


def rebuild(
    make: Callable[[], Any], settings: dict[str, Any], words: Mapping[str, Any], lower_bounds: FloatArray
) -> Any:
    """Return the mixture that ``make`` makes of its parameters, with its settings, features and how its fit went."""
    try:
        model = make()
        model.set_params(**settings)
        model._validate_params()
    except ModelFileError:
        raise
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"parameters that make no mixture ({error})", "those of a fitted mixture") from error
    restore_features(model, words["feature_names"], model.n_features_in_)
    _restore_fit(model, words["fit"], lower_bounds)
    return model


def _restore_fit(model: Any, found: dict[str, Any], lower_bounds: FloatArray) -> None:
    """Give a model back how its fit went."""
    check_fields(found, _FIT, "'fit'")
    check_choice("outcome", found["outcome"], Outcome.__members__)
    if found["n_iter"] < 0:
        raise ModelFileError(f"{found['n_iter']} iterations", "at least 0")
    bound = found["lower_bound"]
    if bound is not None and not abs(bound) <= sys.float_info.max:
        raise ModelFileError("a lower_bound that float64 cannot hold", "a finite number or null")
    if lower_bounds.ndim != 1:
        raise ModelFileError(f"lower_bounds of shape {lower_bounds.shape}", "one number for each iteration")
    model.outcome_ = Outcome[found["outcome"]]
    model.converged_ = model.outcome_.converged
    model.n_iter_, model.lower_bound_ = found["n_iter"], -math.inf if bound is None else float(bound)
    model.lower_bounds_ = lower_bounds.tolist()


def write_features(model: Any) -> list[str] | None:
    """Return the field ``feature_names``."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def read_features(found: list[Any] | None, n_features: int) -> list[str] | None:
    """Return the names of the features, checked: null or D strings."""
    if found is not None and not all(isinstance(name, str) for name in found):
        raise ModelFileError("feature names that are not all strings", "a list of strings or null")
    if found is not None and len(found) != n_features:
        raise ModelFileError(f"{len(found)} feature names", f"{n_features}")
    return found


def restore_features(model: Any, found: list[Any] | None, n_features: int) -> None:
    """Give a model back how many features there are, and their names."""
    names = read_features(found, n_features)
    model.n_features_in_ = n_features
    if names is not None:
        model.feature_names_in_ = np.array(names, dtype=object)


def read_dtype(found: str) -> str:
    """Return the type in which a mixture publishes its parameters."""
    check_choice("dtype", found, _DTYPES)
    return found
