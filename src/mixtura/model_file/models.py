"""Models: fitted models to and from model files."""

import os
from typing import Any

import mixtura
from mixtura.model_file.archive import ModelFileError, read_archive, write_archive
from mixtura.model_file.kinds import KINDS
from mixtura.model_file.record import flatten, unflatten

__all__ = ["load_model", "save_model"]


def save_model(model: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted model to a file, whole or not at all.

    Kept are the exact parameters, the names of the features, how the fit went, and the settings that matter if it is
    fitted again; of a search the table too, of merged components the tree and the labels of the training rows. Not
    kept are ``weights_init``, ``means_init``, ``precisions_init`` and ``verbose``, nor a setting that is an object,
    such as a ``random_state`` or an ``init_params`` that is a function: a loaded model has their defaults.

    Parameters
    ----------
    model : fitted estimator
        ``GaussianMixture``, ``FactorMixture``, ``GaussianMixtureSearch`` or ``MergedGaussianMixture``,
        or of ``mixtura.images`` ``ImageMixture``, ``MatchedImageMixture``, ``CopulaImageMixture`` or
        ``PrincipalComponents``.
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
    header, arrays = flatten(KINDS.take_apart(model))
    write_archive(path, {"written_by": f"mixtura {mixtura.__version__}", **header}, arrays)


def load_model(path: str | os.PathLike[str]) -> Any:
    """Read a model from a file; every part of it is checked before it is used.

    Parameters
    ----------
    path : path-like
        A file that ``save_model`` wrote.

    Returns
    -------
    fitted estimator
        Of the class that was saved. It scores, predicts and samples with the same bits.

    Raises
    ------
    ModelFileError
        If the file is no model, or is damaged; it says what came and what was expected.
    OSError
        If the file cannot be read.
    """
    try:
        header, arrays = read_archive(path)
        if not isinstance(header.pop("written_by", None), str):
            raise ModelFileError("a header without the field 'written_by'", "who wrote it")
        return KINDS.put_together(unflatten(header, arrays))
    except ModelFileError as error:
        raise ModelFileError(error.found, error.expected, str(path)) from error
