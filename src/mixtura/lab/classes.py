"""Activity 6, second part: several classes, and all of them."""

from collections.abc import Sequence
from html import escape

import numpy as np

from mixtura.datasets import ImageSet
from mixtura.images import ImageBins, ImageMixture
from mixtura.lab.activity import Activity, Gallery, Table, Tell, silent
from mixtura.lab.class_models import Classes, ClassModel, judge_classes
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture
from mixtura.lab.wording import class_label, count, listing, number, paragraphs, percent
from mixtura.plots import plot_image_grid

__all__ = ["ClassModel", "Classes", "model_classes"]

_SHOWN = 40  # samples of a model without labels
_PER_CLASS = 10  # samples of each class of a model with labels
_TOLERANCE = 0.05  # nats for an image, in an iteration


def model_classes(
    train: ImageSet,
    test: ImageSet,
    *,
    focus: int = 2,
    several: Sequence[int] = (0, 1, 2),
    n_basis: int = 100,
    n_components: int = 25,
    n_bins: int = 100,
    random_state: int = 0,
    tell: Tell = silent,
) -> Activity[Classes]:
    """Fit generators of one class, of several and of all, without labels and with, and judge each.

    Parameters
    ----------
    train, test : ImageSet
    focus : int, default=2
        The class of the steps before; one of the several.
    several : sequence of int
        Classes of the second model.
    n_basis, n_components : int, default=100 and 25
        Of each model; with labels, for each class.
    n_bins : int, default=100
        Bins of the test by bins.
    random_state : int, default=0
        Seeds fits and samples.
    tell : callable, optional
        Told before each fit.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> found = model_classes(train, test, n_basis=16, n_components=4, n_bins=20).numbers
    >>> found.labelled.n_components, found.labelled.accuracy > 0.9
    (40, True)
    """
    every = range(len(train.class_names))
    each = max(1, round(n_components / len(every)))
    tried = {
        "one": (f"{class_label(focus, train.class_names)} alone", (focus,), n_components, False),
        "several": (f"{len(several)} classes, one mixture", several, n_components, False),
        "pooled": (f"all {len(every)} classes, one mixture", every, n_components, False),
        "few": (f"all {len(every)} classes, {each} for each", every, each, True),
        "labelled": (f"all {len(every)} classes, {n_components} for each", every, n_components, True),
    }
    models: dict[str, ClassModel] = {}
    fitted: dict[str, ImageMixture] = {}
    unseen = test.only(focus)
    bins: dict[Sequence[int], ImageBins] = {}
    for key, (name, classes, components, with_labels) in tried.items():
        tell(name)
        own, held_out = train.only(*classes), test.only(*classes)
        model = ImageMixture(n_basis, components, random_state=random_state, tol=_TOLERANCE)
        model.fit(own.images, own.labels if with_labels else None)
        if classes not in bins:
            bins[classes] = ImageBins.of(own.images, n_bins, random_state=random_state)
        fitted[key] = model
        models[key] = judge_classes(name, model, own, held_out, unseen, bins[classes], random_state)
    found = Classes(focus=class_label(focus, train.class_names), n_basis=n_basis, **models)
    names = ", ".join(escape(name) for name in train.class_names)
    by_class = [
        fitted["labelled"].sample(_PER_CLASS, label=label, random_state=random_state + 1 + label) for label in every
    ]
    body = (
        Gallery(
            (
                capture(
                    plot_image_grid(fitted["several"].sample(_SHOWN, random_state=random_state), n_columns=8),
                    alt="Samples of a mixture of several classes.",
                    caption="Samples of one mixture of "
                    + listing([class_label(one, train.class_names) for one in several])
                    + ".",
                ),
                capture(
                    plot_image_grid(fitted["pooled"].sample(_SHOWN, random_state=random_state), n_columns=8),
                    alt="Samples of one mixture of all classes.",
                    caption=f"Samples of one mixture of all {len(every)} classes, with {n_components} components.",
                ),
            )
        ),
        capture(
            plot_image_grid(np.concatenate(by_class), n_columns=_PER_CLASS),
            alt=f"Samples in {len(every)} rows, one class to a row.",
            caption=f"Samples with labels: a mixture of {n_components} components for each class, all on one basis. "
            f"From the top: {names}.",
        ),
        _bits_table(found),
        _judgement_table(found),
    )
    return Activity(
        name="activity-6-classes",
        title="Activity 6: several classes, and all of them",
        question=paragraphs(
            "Expand the model to several classes, and to all of them. How does that affect the quality of the "
            "generated images? Does it help to tell the model which image belongs to which class?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import ImageMixture\n\n"
            f"model = ImageMixture({n_basis}, {n_components}, random_state={random_state}, tol={_TOLERANCE})\n"
            "model.fit(train.images, train.labels)\n"
            f"bits = model.bits_per_dim(test.images, random_state={random_state})\n"
            f"shirts = model.sample(10, label={focus})"
        ),
    )


def _bits_table(found: Classes) -> Table:
    rows = tuple(
        (
            model.name,
            f"{model.n_train:,}",
            f"{model.n_components:,}",
            f"{model.n_parameters:,}",
            number(model.train_bits, 3),
            number(model.test_bits, 3),
            number(model.focus_bits, 3),
        )
        for model in found.models
    )
    return Table(
        ("model", "images", "components", "parameters", "bits, training", "bits, test", f"bits, {found.focus}"),
        rows,
        f"Bits per dimension of each model, all with {found.n_basis} basis vectors: on training images (as many as "
        f"there are test images), on test images of the same classes, and on those of {found.focus}, which all models "
        f"know. EM stops here when an iteration gains less than {_TOLERANCE} nats for an image.",
    )


def _judgement_table(found: Classes) -> Table:
    rows = tuple(
        (
            model.name,
            percent(model.found_out, 0),
            percent(model.real_alike, 0),
            percent(model.bins, 0),
            percent(model.real_bins, 0),
        )
        for model in found.models
    )
    return Table(
        ("model", "samples, own kind nearest", "real, own kind nearest", "bins off, samples", "bins off, real"),
        rows,
        "What can be told from samples alone. Nearest-neighbour test: 50 % is chance. Bins: the part of the clusters "
        "of training images into which samples fall too often or too rarely, and the same for real test images, "
        "which shows what chance does.",
    )


def _answer(found: Classes) -> str:
    one, pooled, few, labelled = found.one, found.pooled, found.few, found.labelled
    spent = pooled.focus_bits - one.focus_bits
    helped = few.test_bits - pooled.test_bits
    more = labelled.test_bits - few.test_bits
    return paragraphs(
        f"Compare on what all models know, test images of {found.focus}. Its own model needs "
        f"{number(one.focus_bits, 3)} bits per dimension, one mixture of {found.several.n_classes} classes "
        f"{number(found.several.focus_bits, 3)}, one of all {pooled.n_classes} {number(pooled.focus_bits, 3)}, "
        f"{number(abs(spent), 3)} {'more' if spent > 0 else 'less'} than its own."
        + (
            f" The {found.n_basis} basis vectors and {count(pooled.n_components, 'component')} must now serve "
            f"{pooled.n_classes} kinds of images."
            if spent > 0
            else ""
        ),
        f"Labels: with {count(few.n_components // few.n_classes, 'component')} for each class, {few.n_components} in "
        f"all, the bits on test images of all classes are {number(few.test_bits, 3)}, against "
        f"{number(pooled.test_bits, 3)} for one mixture of {pooled.n_components}; with "
        f"{labelled.n_components // labelled.n_classes} for each, {labelled.n_components} in all, "
        f"<strong>{number(labelled.test_bits, 3)}</strong>. " + _verdict(helped, more, labelled),
        f"Of the samples of the pooled mixture {percent(pooled.found_out, 0)} have another sample nearest, with "
        f"labels {percent(few.found_out, 0)} and {percent(labelled.found_out, 0)}; in {percent(pooled.bins, 0)}, "
        f"{percent(few.bins, 0)} and {percent(labelled.bins, 0)} of the bins there are too many or too few of them, "
        f"where chance gives {percent(pooled.real_bins, 0)}.",
        "Labels bring something else: one can ask for a sample of a class, and, by Bayes' rule, for the class of an "
        f"image. That class is right for {percent(labelled.accuracy)} of the test images with "
        f"{count(labelled.n_components // labelled.n_classes, 'component')} for each class, and for "
        f"{percent(few.accuracy)} with {few.n_components // few.n_classes}.",
    )


def _verdict(helped: float, more: float, labelled: ClassModel) -> str:
    """Say what labels and more components do to bits on test images; differences below 0.005 count as none."""
    first = (
        "Labels hardly change that number"
        if abs(helped) < 0.005
        else f"Labels {'save' if helped < 0 else 'cost'} {number(abs(helped), 3)}"
    )
    heart = labelled.test_bits - labelled.train_bits
    second = (
        "more components hardly do either"
        if abs(more) < 0.005
        else f"more components {'save' if more < 0 else 'cost'} {number(abs(more), 3)}"
    )
    return (
        f"{first}; {second}. The largest model needs {number(labelled.train_bits, 3)} bits on its training images, "
        f"{number(abs(heart), 3)} {'less' if heart >= 0 else 'more'} than on test images."
    )


def _finding(found: Classes) -> str:
    return (
        f"on test images of {found.focus} the model of that class alone needs {number(found.one.focus_bits, 3)} bits "
        f"per dimension, one mixture of all classes {number(found.pooled.focus_bits, 3)}; with labels and "
        f"{found.labelled.n_components} components all test images take {number(found.labelled.test_bits, 3)}, and "
        f"{percent(found.labelled.accuracy)} of them are classified rightly"
    )
