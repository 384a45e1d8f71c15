"""Setting: one model of the study, and what all of its models are fitted and measured with."""

from dataclasses import dataclass

from mixtura.images import ImageMixture

__all__ = ["N_BINS", "PATCH_SIDE", "Setting", "group_name", "read_groups", "text_model"]

N_BINS = 100
"""Of the test by bins."""

PATCH_SIDE = 6
"""Of the classifier."""

_TOLERANCE = 0.05  # nats for an image: what further iterations gain does not show in any measure


@dataclass(frozen=True)
class Setting:
    """An `ImageMixture` of certain classes.

    Attributes
    ----------
    classes : tuple of int
        Numbers of the classes, rising.
    n_basis, n_components : int
        As in `ImageMixture`; where there are several classes, `n_components` for each.
    """

    classes: tuple[int, ...]
    n_basis: int
    n_components: int

    @property
    def key(self) -> str:
        """A name for files.

        Examples
        --------
        >>> Setting((2, 4), 100, 25).key
        'classes-2-4_basis-100_components-25'
        """
        return f"{group_name(self.classes)}_basis-{self.n_basis}_components-{self.n_components}"


def text_model(n_basis: int, n_components: int, seed: int) -> ImageMixture:
    """Make the text's model as the whole study has it: its grid, its rivals, and what 100 % of a distance is."""
    return ImageMixture(n_basis, n_components, random_state=seed, tol=_TOLERANCE)


def group_name(classes: tuple[int, ...]) -> str:
    """Return a name for files of what concerns these classes."""
    return "classes-" + "-".join(map(str, classes))


def read_groups(text: str, n_classes: int) -> tuple[tuple[int, ...], ...]:
    """Read groups of classes: numbers with commas between, groups with bars between, ``all`` for every class.

    Raises
    ------
    ValueError
        For anything else, and for numbers of no class.

    Examples
    --------
    >>> read_groups("2|4,2|all", 5)
    ((2,), (2, 4), (0, 1, 2, 3, 4))
    """
    groups = []
    for part in text.split("|"):
        try:
            numbers = range(n_classes) if part.strip() == "all" else sorted({int(number) for number in part.split(",")})
        except ValueError:
            numbers = [-1]
        if any(not 0 <= number < n_classes for number in numbers):
            raise ValueError(
                f"Got classes {part!r}, but expected numbers from 0 to {n_classes - 1} with commas between, or 'all'; "
                "bars stand between groups, as in 2|2,4,6|all."
            )
        groups.append(tuple(numbers))
    return tuple(dict.fromkeys(groups))
