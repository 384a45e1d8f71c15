import matplotlib.pyplot as plt
import numpy as np
import pytest

from mixtura.lab.figures import HALF, capture, panel, scatter_groups
from mixtura.plots import plot_convergence, plot_image_grid


def test_lines_stay_lines_and_names_do_not_change():
    one, other = (capture(plot_convergence([1, 2, 3], ax=panel()), alt="A line.") for _ in range(2))
    assert one.media_type == "image/svg+xml"
    assert one == other
    assert b"http-equiv" not in one.content
    assert b"<script" not in one.content


def test_references_inside_a_drawing_hold():
    import re

    text = capture(plot_convergence([1, 2, 3], ax=panel()), alt="A line.").content.decode()
    named = set(re.findall(r'\bid="([^"]+)"', text))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert used
    assert used <= named
    assert all(re.fullmatch(r"n\d+", name) for name in named)


def test_images_and_crowds_become_dots():
    assert capture(plot_image_grid(np.zeros((2, 4, 4))), alt="Black.").media_type == "image/png"
    X = np.random.default_rng(0).normal(size=(4000, 2))
    crowd = capture(scatter_groups(X, np.zeros(4000, dtype=int), "crowd"), alt="Many.")
    assert crowd.media_type == "image/png"


def test_the_size_is_that_of_the_page():
    picture = capture(panel(), alt="Empty.")
    assert (picture.width, picture.height) == (round(96 * HALF[0]), round(96 * HALF[1]))


def test_a_figure_is_closed_even_where_saving_fails(monkeypatch):
    monkeypatch.setattr("mixtura.lab.figures._save", lambda figure, kind: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        capture(panel(), alt="Lost.")
    assert not plt.get_fignums()
