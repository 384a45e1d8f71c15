"""What all pictures have in common."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from mixtura import MissingExtraError, plots
from mixtura.plots.style import SMALL

from .pictures import PICTURES, VARIANTS

every_picture = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
every_variant = pytest.mark.parametrize("picture", (PICTURES | VARIANTS).values(), ids=PICTURES | VARIANTS)


def test_the_list_is_complete():
    assert sorted([*PICTURES, "Display"]) == sorted(plots.__all__)


@pytest.mark.parametrize("name", PICTURES)
def test_ax_is_optional_and_the_docstring_says_so(name):
    function = getattr(plots, name)
    assert inspect.signature(function).parameters["ax"].default is None
    assert "By default on a new figure" in function.__doc__


def test_the_teaching_signatures():
    assert list(inspect.signature(plots.plot_gmm).parameters) == ["gmm", "X", "ax"]
    assert list(inspect.signature(plots.plot_kmeans).parameters) == ["X", "n_clusters", "ax"]


@every_picture
def test_without_ax_one_figure_that_pyplot_shows_and_forgets(picture):
    display = picture(None)
    assert isinstance(display, plots.Display)
    assert [plt.figure(number) for number in plt.get_fignums()] == [display.figure_]
    assert display.ax_ in display.figure_.axes
    plt.tight_layout()  # what a cell often says next; a warning here would be an error
    display.close()
    assert plt.get_fignums() == []


@every_variant
def test_with_ax_pyplot_is_left_alone(picture):
    figure = Figure()
    ax = figure.subplots()
    display = picture(ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert plt.get_fignums() == []
    display.close()  # a figure that pyplot never knew: nothing to do


def test_the_whole_figure_also_from_a_part_of_it():
    figure = Figure()
    part, _ = figure.subfigures(1, 2)
    assert PICTURES["plot_kmeans"](part.subplots()).figure_ is figure


@every_picture
def test_no_setting_changes(picture):
    before = dict(matplotlib.rcParams)
    picture(None)
    assert dict(matplotlib.rcParams) == before


# Rarely, and with nothing amiss, matplotlib's product of 4 x 4 with finite numbers is said to overflow.
@pytest.mark.filterwarnings("ignore:overflow encountered in dot:RuntimeWarning")
@every_variant
def test_words_are_large_enough_and_inside_the_figure(picture):
    figure = picture(None).figure_
    figure.canvas.draw()
    for text in figure.findobj(Text):
        assert text.get_fontsize() >= SMALL, text
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert 0 <= drawn.x0 < drawn.x1 <= width
    assert 0 <= drawn.y0 < drawn.y1 <= height


@every_picture
def test_two_of_them_stand_side_by_side_on_a_report_page(picture):
    figure = plt.figure(figsize=(9, 4), layout="constrained")
    for ax in figure.subplots(1, 2, sharex=True, sharey=True):
        picture(ax)
    figure.canvas.draw()
    left, right = (ax.get_position() for ax in figure.axes[:2])
    assert left.y0 == pytest.approx(right.y0)
    assert left.height == pytest.approx(right.height)


@pytest.mark.parametrize(
    "name", sorted(set(PICTURES) - {"plot_image_grid", "plot_reconstructions", "plot_bootstrap_parameters"})
)
def test_axes_are_labelled_with_words(name):
    ax = PICTURES[name](None).ax_
    assert re.search("[a-z]{3}", ax.get_xlabel())
    assert re.search("[a-z]{3}", ax.get_ylabel())


@every_picture
def test_several_axes_are_refused(picture):
    axes = Figure().subplots(1, 2)
    with pytest.raises(TypeError, match=r"ax is of type ndarray; expected one matplotlib Axes.*axes\[0\]"):
        picture(axes)


@every_picture
def test_without_matplotlib_the_message_names_the_extra(picture, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"needed for pictures.*pip install 'mixtura\[plots\]'"):
        picture(None)


def test_importing_the_room_does_not_import_matplotlib():
    program = "import sys, mixtura.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_one_file_imports_matplotlib():
    room = Path(plots.__file__).parent
    importers = [path.name for path in room.glob("*.py") if re.search(r"(from|import) matplotlib", path.read_text())]
    assert importers == ["canvas.py"]


def test_the_cells_of_the_lab_run_as_they_stand():
    from sklearn.datasets import make_blobs
    from sklearn.mixture import GaussianMixture

    X, _ = make_blobs(n_samples=[90, 30], centers=np.array([[0, 0], [3, 1]]), random_state=0)
    gmm = GaussianMixture(n_components=2, random_state=0).fit(X)
    _, ax1 = plt.subplots(nrows=1, ncols=1, figsize=(10, 5))
    plots.plot_gmm(gmm, X, ax=ax1)
    plt.tight_layout()
    plots.plot_kmeans(X, n_clusters=3)
    assert len(plt.get_fignums()) == 2
