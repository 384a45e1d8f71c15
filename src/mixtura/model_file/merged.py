"""Merged: ``MergedGaussianMixture`` in files, with its tree and the mixture below it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

import mixtura
from mixtura.arrays import FloatArray, IntArray
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.fitted import restore_features, write_features
from mixtura.model_file.record import Record
from mixtura.model_file.words import (
    COUNT,
    NUMBER,
    SEVERAL,
    TEXT,
    Types,
    check_fields,
    read_settings,
    whole_numbers,
    write_settings,
)

if TYPE_CHECKING:
    from mixtura import MergedGaussianMixture
    from mixtura.model_file.kinds import Kinds

__all__ = ["MergedKind"]

_SETTINGS: dict[str, Types] = {
    "n_clusters": COUNT,
    "n_components": COUNT + SEVERAL,
    "covariance_type": TEXT + SEVERAL,
    "elbow": TEXT,
    "noise": (*NUMBER, str),
    "random_state": COUNT,
}
_FIELDS: dict[str, Types] = {
    "feature_names": (list, type(None)),
    "settings": (dict,),
    "n_clusters": (int,),
    "own_estimator": (bool,),
}
_ARRAYS = ("pairs", "entropies", "rows", "overlaps", "labels")


class MergedKind(Kind):
    """The mixture as a file of its own would keep it, the tree, and the labels of the training rows."""

    def __init__(self, kinds: "Kinds") -> None:
        self._kinds = kinds

    @property
    def model_class(self) -> type[Any]:
        return mixtura.MergedGaussianMixture

    def take_apart(self, model: "MergedGaussianMixture") -> Record:
        check_is_fitted(model)
        model._validate_params()
        tree = model.merge_tree_
        words = {
            "feature_names": write_features(model),
            "settings": write_settings(model, _SETTINGS),
            "n_clusters": model.n_clusters_,
            "own_estimator": model.estimator is not None,
        }
        arrays = {name: np.asarray(getattr(tree, name), dtype=np.float64) for name in _ARRAYS[:-1]}
        arrays["labels"] = model.labels_.astype(np.float64)
        parts = {"estimator": self._kinds.take_apart(model.estimator_)}
        return Record(self.model_class.__name__, words, arrays, parts)

    def put_together(self, record: Record) -> "MergedGaussianMixture":
        words, arrays = record.words, record.arrays
        check_fields(words, _FIELDS, "the header of a MergedGaussianMixture")
        record.expect(_ARRAYS, ["estimator"])
        settings = read_settings(words["settings"], _SETTINGS)
        estimator = self._kinds.put_together(
            record.parts["estimator"], ("GaussianMixture", "GaussianMixtureSearch", "FactorMixture")
        )
        pairs = whole_numbers("pairs", arrays["pairs"])
        n_components = estimator.mixture_.n_components
        _check_tree(pairs, n_components)
        try:
            tree = mixtura.MergeTree(pairs, arrays["entropies"], arrays["rows"], arrays["overlaps"])
            model = mixtura.MergedGaussianMixture(**settings)
            model._validate_params()
            owners = tree.cluster_of(words["n_clusters"])
        except (TypeError, ValueError) as error:
            raise ModelFileError(f"clusters that make no sense ({error})", "those of a fitted model") from error
        if not all(np.isfinite(part).all() for part in (tree.entropies, tree.rows, tree.overlaps)):
            raise ModelFileError("a tree with NaN or infinity", "finite numbers")
        labels = whole_numbers("labels", arrays["labels"])
        if labels.ndim != 1 or (labels.size and not (labels.min() >= -1 and labels.max() < words["n_clusters"])):
            raise ModelFileError("labels out of range", f"-1 to {words['n_clusters'] - 1}, one for each row")
        model.estimator = clone(estimator) if words["own_estimator"] else None
        model.estimator_, model.mixture_ = estimator, estimator.mixture_
        model.merge_tree_, model.n_clusters_ = tree, words["n_clusters"]
        model.cluster_of_component_, model.labels_ = owners, labels
        restore_features(model, words["feature_names"], estimator.n_features_in_)
        return model


def _check_tree(pairs: IntArray | FloatArray, n_components: int) -> None:
    """Raise where pairs (K - 1, 2) do not join K components into one, each cluster once and none before it exists."""
    if pairs.shape != (n_components - 1, 2):
        raise ModelFileError(f"pairs of shape {pairs.shape}", f"({n_components - 1}, 2), as there are components")
    loose = set(range(n_components))
    for step, pair in enumerate(pairs.tolist()):
        if len(set(pair)) != 2 or not set(pair) <= loose:
            raise ModelFileError(f"a tree whose step {step} joins {pair}", "two clusters that there are")
        loose = (loose - set(pair)) | {n_components + step}
