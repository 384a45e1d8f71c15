"""Models: fitted mixtures to and from model files."""

import os
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

import mixtura
from mixtura.model_file.archive import ModelFileError, read_archive, write_archive
from mixtura.model_file.header import SETTINGS, Header

if TYPE_CHECKING:
    from mixtura import GaussianMixture

__all__ = ["load_model", "save_model"]

_ARRAYS = ("weights", "means", "covariances", "lower_bounds")
_NOISE = {f"noise_{field}": field for field in ("share", "centre", "half_widths", "axes")}
"""Arrays of a noise component, which come after the others, and the fields that they hold."""


def save_model(model: "GaussianMixture", path: str | os.PathLike[str]) -> None:
    """Write a fitted mixture to a file, whole or not at all.

    Kept are the exact parameters, the covariance type, the names of the features, how the fit went, and the settings
    that matter if it is fitted again. Not kept are ``weights_init``, ``means_init``, ``precisions_init`` and
    ``verbose``, nor a ``random_state`` or ``init_params`` that is an object: a loaded model has their defaults.

    Parameters
    ----------
    model : GaussianMixture
        Fitted.
    path : path-like
        Where; ``.mix`` is the customary ending.

    Raises
    ------
    TypeError
        If ``model`` is something else.
    ValueError
        If one of its settings is out of range.
    sklearn.exceptions.NotFittedError
        If it was not fitted.
    mixtura.files.UnwritableError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> from mixtura.model_file import load_model, save_model
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> gmm = GaussianMixture(2, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(gmm, Path(folder) / "model.mix")
    ...     again = load_model(Path(folder) / "model.mix")
    >>> again.score(X) == gmm.score(X)
    True
    """
    if not isinstance(model, mixtura.GaussianMixture):
        raise TypeError(
            f"Got {type(model).__name__}, expected a fitted mixtura.GaussianMixture. Of a search save best_estimator_, "
            "of scikit-learn's class make one with GaussianMixture.from_sklearn."
        )
    parameters = model.to_parameters()
    model._validate_params()  # what is saved must load
    names = getattr(model, "feature_names_in_", None)
    header = Header(
        covariance_type=parameters["covariance_type"],
        dtype=parameters["dtype"].name,
        feature_names=None if names is None else [str(name) for name in names],
        settings={name: _plain(getattr(model, name)) for name in SETTINGS},
        outcome=model.outcome_,
        n_iter=int(model.n_iter_),
        lower_bound=float(model.lower_bound_),
    )
    arrays = {name: parameters[name] for name in _ARRAYS[:3]}
    arrays["lower_bounds"] = np.array(model.lower_bounds_, dtype=np.float64)
    if "noise" in parameters:
        arrays |= {name: np.asarray(getattr(parameters["noise"], field)) for name, field in _NOISE.items()}
    write_archive(path, header.to_json(), arrays)


def load_model(path: str | os.PathLike[str]) -> "GaussianMixture":
    """Read a mixture from a file; every part of it is checked before it is used.

    Parameters
    ----------
    path : path-like
        A file that ``save_model`` wrote.

    Returns
    -------
    GaussianMixture
        It scores, predicts and samples with the same bits as the one that was saved.

    Raises
    ------
    ModelFileError
        If the file is no model, or is damaged; it says what came and what was expected.
    OSError
        If the file cannot be read.
    """
    try:
        return _read_model(path)
    except ModelFileError as error:
        raise ModelFileError(error.found, error.expected, str(path)) from error


def _read_model(path: str | os.PathLike[str]) -> "GaussianMixture":
    found, arrays = read_archive(path)
    header = Header.from_json(found)
    if tuple(arrays) not in (_ARRAYS, (*_ARRAYS, *_NOISE)):
        raise ModelFileError(f"the arrays {list(arrays)}", f"{list(_ARRAYS)}, and {list(_NOISE)} if there is noise")
    lower_bounds = arrays.pop("lower_bounds")
    box: dict[str, Any] = {field: arrays.pop(name) for name, field in _NOISE.items() if name in arrays}
    if lower_bounds.ndim != 1:
        raise ModelFileError(f"lower_bounds of shape {lower_bounds.shape}", "one number for each iteration")
    try:
        parameters: dict[str, Any] = dict(arrays)
        if box:
            parameters["noise"] = mixtura.UniformNoise(**box | {"share": float(box["share"])})
        model = mixtura.GaussianMixture.from_parameters(
            **parameters, covariance_type=header.covariance_type, dtype=header.dtype
        )
        model.set_params(**{name: value for name, value in header.settings.items() if value is not None})
        model._validate_params()
    except ValueError as error:
        raise ModelFileError(f"parameters that make no mixture ({error})", "those of a fitted mixture") from error
    if header.feature_names is not None:
        if len(header.feature_names) != model.n_features_in_:
            raise ModelFileError(f"{len(header.feature_names)} feature names", f"{model.n_features_in_}")
        model.feature_names_in_ = np.array(header.feature_names, dtype=object)
    model.outcome_, model.converged_ = header.outcome, header.outcome.converged
    model.n_iter_, model.lower_bound_ = header.n_iter, header.lower_bound
    model.lower_bounds_ = lower_bounds.tolist()
    return model


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it: null for a value that only Python can hold."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    return value if isinstance(value, str) else None
