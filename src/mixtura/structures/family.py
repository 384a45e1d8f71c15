"""Family: what a structure says of itself, in the terms of volume, shape and orientation.

Every covariance is Σ_k = λ_k D_k A_k D_kᵀ: the volume λ_k is |Σ_k|^(1/D), the shape A_k diagonal with determinant one,
the orientation D_k orthogonal. Each is equal among components, varies, or is the identity, and a letter of mclust's
codes says which: E, V or I (Celeux and Govaert 1995, "Gaussian parsimonious clustering models", table 1; Scrucca et
al. 2016, "mclust 5", table 3).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["CODES", "Family", "Part"]

CODES = (
    *("E", "V"),  # one dimension
    *("EII", "VII"),
    *("EEI", "VEI", "EVI", "VVI"),
    *("EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV"),
)
"""mclust's codes, in its order."""

Part: TypeAlias = Literal["equal", "varying", "identity"]
"""Whether one part of the covariances is the same for all components, free for each, or the identity for all."""

_LETTERS: dict[str, Part] = {"E": "equal", "V": "varying", "I": "identity"}


@dataclass(frozen=True)
class Family:
    """A family of covariances, in words.

    Parameters
    ----------
    code : str
        mclust's: the letters of volume, shape and orientation; one letter in one dimension.
    description : str
        The same in words, such as "ellipsoidal, varying volume, equal shape and orientation".
    volume, shape, orientation : {"equal", "varying", "identity"}
        Each among components; the identity of a shape is a ball, that of an orientation the axes of the features.

    Examples
    --------
    >>> from mixtura.families import find_family
    >>> find_family("tied")
    Family(code='EEE', description='ellipsoidal, equal volume, shape and orientation', volume='equal', shape='equal',
    orientation='equal')
    """

    code: str
    description: str
    volume: Part
    shape: Part
    orientation: Part

    @classmethod
    def of(cls, code: str) -> "Family":
        """Return the family of one of mclust's codes.

        >>> Family.of("EVI").description
        'diagonal, equal volume, varying shape'
        """
        parts = dict(zip(("volume", "shape", "orientation"), (_LETTERS[letter] for letter in code), strict=False))
        if len(code) == 1:
            return cls(code, f"univariate, {parts['volume']} variance", parts["volume"], "identity", "identity")
        phrases = ["spherical" if code.endswith("II") else "diagonal" if code.endswith("I") else "ellipsoidal"]
        for how in dict.fromkeys(part for part in parts.values() if part != "identity"):
            *names, last = (name for name, part in parts.items() if part == how)
            phrases.append(f"{how} {', '.join(names)}{' and ' * bool(names)}{last}")
        return cls(code, ", ".join(phrases), **parts)

    @property
    def univariate(self) -> bool:
        """Whether the family is for one feature only."""
        return len(self.code) == 1

    def in_dimension(self, n_features: int) -> "Family":
        """Return this family, or in one dimension, where only the volume is left, E or V."""
        return Family.of(self.code[0]) if n_features == 1 and self.code in CODES else self

    def n_parameters(self, n_components: int, n_features: int) -> int:
        """Return the number of free parameters of the covariances: of volume, shape and orientation together.

        >>> Family.of("VVE").n_parameters(3, 4)
        18
        """
        times = {"equal": 1, "varying": n_components, "identity": 0}
        n_angles = n_features * (n_features - 1) // 2
        return times[self.volume] + times[self.shape] * (n_features - 1) + times[self.orientation] * n_angles
