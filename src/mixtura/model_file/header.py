"""Header: what a model file says of its model in words, and the checks that its words make sense."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mixtura
from mixtura.model_file.archive import ModelFileError
from mixtura.outcome import Outcome

__all__ = ["SETTINGS", "Header"]

_NULL = type(None)
SETTINGS: dict[str, tuple[type, ...]] = {
    "tol": (float, int, _NULL),
    "reg_covar": (float, int, str, _NULL),
    "max_iter": (int, _NULL),
    "n_init": (int, _NULL),
    "init_params": (str, _NULL),
    "noise": (float, int, str, _NULL),
    "random_state": (int, _NULL),
    "warm_start": (bool, _NULL),
}
"""Parameters that matter if a loaded model is fitted again, and their types in JSON. Null stands where only Python
could hold the value (a random state, labels to start from): a loaded model then has the default."""

_FIELDS: dict[str, tuple[type, ...]] = {
    "written_by": (str,),
    "kind": (str,),
    "covariance_type": (str,),
    "dtype": (str,),
    "feature_names": (list, _NULL),
    "settings": (dict,),
    "fit": (dict,),
}
_FIT: dict[str, tuple[type, ...]] = {
    "outcome": (str,),
    "n_iter": (int,),
    "lower_bound": (float, int, _NULL),
}
_KIND = "GaussianMixture"
_DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Header:
    """What is known of a model besides its arrays.

    Parameters
    ----------
    covariance_type : str
        The family of its covariances.
    dtype : {"float64", "float32"}
        The type of the data it was fitted on, in which it publishes its parameters.
    feature_names : list of str or None
        One for each feature, where the data had names.
    settings : mapping
        The parameters named in ``SETTINGS``.
    outcome : Outcome
        How its fit ended.
    n_iter : int
        Iterations of the best run.
    lower_bound : float
        Mean log-likelihood on the training data, in nats; minus infinity where it is not known.
    """

    covariance_type: str
    dtype: str
    feature_names: list[str] | None
    settings: Mapping[str, Any]
    outcome: Outcome
    n_iter: int
    lower_bound: float

    def to_json(self) -> dict[str, Any]:
        """Return the header as JSON can hold it."""
        return {
            "written_by": f"mixtura {mixtura.__version__}",
            "kind": _KIND,
            "covariance_type": self.covariance_type,
            "dtype": self.dtype,
            "feature_names": self.feature_names,
            "settings": dict(self.settings),
            "fit": {
                "outcome": self.outcome.name,
                "n_iter": self.n_iter,
                "lower_bound": self.lower_bound if math.isfinite(self.lower_bound) else None,
            },
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Header":
        """Return the header that JSON holds.

        Raises
        ------
        ModelFileError
            If a field is missing, of another type or out of range, or one is there that does not belong.
        """
        _check_fields(found, _FIELDS, "the header")
        settings = {"noise": None} | found["settings"]  # files from before there was noise
        _check_fields(settings, SETTINGS, "'settings'")
        _check_fields(found["fit"], _FIT, "'fit'")
        _check_choice("kind", found["kind"], [_KIND])
        _check_choice("dtype", found["dtype"], _DTYPES)
        _check_choice("outcome", found["fit"]["outcome"], Outcome.__members__)
        names = found["feature_names"]
        if names is not None and not all(isinstance(name, str) for name in names):
            raise ModelFileError("feature names that are not all strings", "a list of strings or null")
        if found["fit"]["n_iter"] < 0:
            raise ModelFileError(f"{found['fit']['n_iter']} iterations", "at least 0")
        bound = found["fit"]["lower_bound"]
        if bound is not None and not abs(bound) <= sys.float_info.max:
            raise ModelFileError("a lower_bound that float64 cannot hold", "a finite number or null")
        return cls(
            covariance_type=found["covariance_type"],
            dtype=found["dtype"],
            feature_names=names,
            settings=settings,
            outcome=Outcome[found["fit"]["outcome"]],
            n_iter=found["fit"]["n_iter"],
            lower_bound=-math.inf if bound is None else float(bound),
        )


def _check_fields(found: Mapping[str, Any], fields: Mapping[str, tuple[type, ...]], where: str) -> None:
    """Raise where the keys are not exactly these, or a value is of another type; a bool is no number."""
    if found.keys() != fields.keys():
        raise ModelFileError(f"{where} with the fields {sorted(found)}", f"{sorted(fields)}")
    for key, types in fields.items():
        if type(found[key]) not in types:
            words = " or ".join(kind.__name__ for kind in types)
            raise ModelFileError(f"{key!r} of type {type(found[key]).__name__} in {where}", words)


def _check_choice(key: str, found: str, choices: Any) -> None:
    if found not in choices:
        raise ModelFileError(f"{key} {found!r}", f"one of {list(choices)}")
