import pytest

from mixtura.images import NeighbourTest
from mixtura.lab.judgement import judgement


@pytest.mark.parametrize(
    ("generated", "real", "says", "not_says"),
    [
        (0.52, 0.49, "1,000 images do not tell the samples from real ones", "can be told"),
        (0.90, 0.30, "samples lie in the middle between real images", "do not tell"),
        (0.90, 0.80, "there are real images in whose neighbourhood no samples lie", "in the middle"),
        (0.90, 0.50, "as chance would have it", "in the middle"),
        (0.40, 0.30, "do not keep to themselves", "do not tell"),
    ],
)
def test_words_follow_both_shares(generated, real, says, not_says):
    words = judgement(NeighbourTest(real=real, generated=generated), 1000)
    assert says in words
    assert not_says not in words
    assert f"{100 * generated:.1f}" in words
    assert f"{100 * real:.1f}" in words


def test_what_is_chance_depends_on_how_many_were_judged():
    shares = NeighbourTest(real=0.5, generated=0.6)
    assert "50 images do not tell" in judgement(shares, 50)
    assert "can be told" in judgement(shares, 5000)
