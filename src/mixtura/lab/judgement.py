"""Judgement: what the nearest-neighbour test says, in words."""

from math import sqrt

from mixtura.images import NeighbourTest
from mixtura.lab.wording import percent

__all__ = ["judgement"]


def judgement(judged: NeighbourTest, n: int) -> str:
    """Say whether generated images can be told from real ones, and how.

    Shares within three standard errors of one half count as undecided.

    Parameters
    ----------
    judged : NeighbourTest
    n : int
        Images on either side.

    Examples
    --------
    >>> judgement(NeighbourTest(real=0.49, generated=0.51), 1000)
    '1,000 images do not tell the samples from real ones by their neighbours: ...'
    """
    chance = 3 * sqrt(0.25 / n)
    generated, real = judged.generated, judged.real
    if abs(generated - 0.5) <= chance and abs(real - 0.5) <= chance:
        return (
            f"{n:,} images do not tell the samples from real ones by their neighbours: {percent(generated)} of the "
            f"samples have another sample nearest, {percent(real)} of the real images another real one, and chance is "
            f"50 %, give or take {percent(chance)} at this number."
        )
    if generated > 0.5 + chance:
        first = (
            f"The samples can be told from real images: {percent(generated)} of them have another sample nearest, "
            "where chance is 50 %."
        )
    else:
        first = (
            f"Samples do not keep to themselves: {percent(generated)} of them have another sample nearest, where "
            "chance is 50 %."
        )
    if real > 0.5 + chance:
        second = (
            f"{percent(real)} of the real images have another real one nearest: there are real images in whose "
            "neighbourhood no samples lie."
        )
    elif real < 0.5 - chance:
        second = (
            f"Only {percent(real)} of the real images have another real one nearest: samples lie in the middle between "
            "real images, as smooth images do."
        )
    else:
        second = f"Of the real images {percent(real)} have another real one nearest, as chance would have it."
    return f"{first} {second}"
