"""The study: what the numbers of basis vectors, components and classes do to generated images, by every measure.

`setting`
    `Setting`, one model of the grid; `text_model`, which makes it; how classes are written.
`figures`
    `Figures`, what was measured of one model; `MEASURES`, a table of the measures with titles and directions.
`store`
    `Store`: each result in a file of its own, written whole or not at all, used again only under the same conditions;
    those of other images or of another seed lie beside it.
`state`
    Which code and libraries decide a figure.
`bench`
    `Cell`, one model measured; and where it is fitted.
`memory`
    The most that a process has held.
`sizes`
    Whether there are images enough for all that is asked.
`grid`
    `run_study`, which fits and measures all models that are not stored yet.
`rivals`
    Other generators, measured by the same code: the text's naive model, one Gaussian, independent pixels, neural ones.
`independent_pixels`
    The plainest of them.
`held_out`
    Training images divided, for choices that test images must not decide.
`best`
    The best of these for each target, and `reproduce`, which fits it again.
`charts`, `page`
    Pictures and a page of tables, with all numbers beside it.
`results`
    `read_study`, which reads these numbers back.

Begin with ``mixtura study --out study``; what was interrupted goes on where it stopped, and what
was found by another state of the code is found anew. The page has what the last command asked for; results of earlier
ones stay, and the same command again writes its page from them.
"""

from mixtura.study.bench import Cell
from mixtura.study.best import BEST, Reproduction, reproduce
from mixtura.study.figures import MEASURES, Figures, Measure
from mixtura.study.grid import Group, Study, run_study
from mixtura.study.held_out import hold_out
from mixtura.study.independent_pixels import IndependentPixels
from mixtura.study.results import read_study
from mixtura.study.rivals import RIVALS
from mixtura.study.setting import Setting, read_groups
from mixtura.study.store import Conditions, Store

__all__ = [
    "BEST",
    "MEASURES",
    "RIVALS",
    "Cell",
    "Conditions",
    "Figures",
    "Group",
    "IndependentPixels",
    "Measure",
    "Reproduction",
    "Setting",
    "Store",
    "Study",
    "hold_out",
    "read_groups",
    "read_study",
    "reproduce",
    "run_study",
]
