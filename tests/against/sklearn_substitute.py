"""A pytest plugin: puts our class in the place of scikit-learn's before its own tests are collected.

Load it with ``-p sklearn_substitute``; only to import it changes nothing. A test module that still holds scikit-learn's
class stops the run, so that a substitution which did nothing cannot look like success.
"""

import pytest
import sklearn.mixture

import mixtura


def pytest_configure():
    sklearn.mixture.GaussianMixture = mixtura.GaussianMixture


def pytest_collection_modifyitems(items):
    modules = {item.module for item in items}
    if not modules:
        raise pytest.UsageError("no test of scikit-learn's was collected")
    for module in modules:
        if module.GaussianMixture is not mixtura.GaussianMixture:
            raise pytest.UsageError(f"{module.__name__} tests {module.GaussianMixture}, not ours")
