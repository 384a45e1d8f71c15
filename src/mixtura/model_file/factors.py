"""Factors: ``FactorMixture`` in files."""

from typing import TYPE_CHECKING, Any

import numpy as np

import mixtura
from mixtura.model_file.contract import Kind
from mixtura.model_file.fitted import FITTED, read_dtype, rebuild, write_features, write_fit
from mixtura.model_file.record import Record
from mixtura.model_file.words import COUNT, NUMBER, TEXT, Types, check_fields, read_settings, write_settings

if TYPE_CHECKING:
    from mixtura import FactorMixture

__all__ = ["FactorKind"]

_SETTINGS: dict[str, Types] = {
    "n_factors": COUNT,
    "noise": TEXT,
    "rank": TEXT,
    "tol": NUMBER,
    "reg_covar": (*NUMBER, str),
    "max_iter": COUNT,
    "n_init": COUNT,
    "init_params": TEXT,
    "random_state": COUNT,
}
_ARRAYS = ("weights", "means", "loadings", "noise_variances", "lower_bounds")


class FactorKind(Kind):
    """Its exact parameters, and the settings that matter if it is fitted again."""

    @property
    def model_class(self) -> type[Any]:
        return mixtura.FactorMixture

    def take_apart(self, model: "FactorMixture") -> Record:
        parameters = model.to_parameters()
        model._validate_params()
        words = {
            "dtype": parameters["dtype"].name,
            "feature_names": write_features(model),
            "settings": write_settings(model, _SETTINGS) | {"noise": parameters["noise"]},  # as it was fitted
            "fit": write_fit(model),
        }
        arrays = {name: parameters[name] for name in _ARRAYS[:-1]}
        arrays["lower_bounds"] = np.array(model.lower_bounds_, dtype=np.float64)
        return Record(self.model_class.__name__, words, arrays)

    def put_together(self, record: Record) -> "FactorMixture":
        words = record.words
        arrays: dict[str, Any] = dict(record.arrays)
        check_fields(words, FITTED, "the header")
        record.expect(_ARRAYS)
        settings = read_settings(words["settings"], _SETTINGS)
        lower_bounds = arrays.pop("lower_bounds")
        noise = {"noise": settings["noise"]} if "noise" in settings else {}

        def make() -> "FactorMixture":
            return mixtura.FactorMixture.from_parameters(**arrays, **noise, dtype=read_dtype(words["dtype"]))

        mixture: FactorMixture = rebuild(make, settings, words, lower_bounds)
        return mixture
