"""The border: scikit-learn classes over interchangeable parts.

Here names become objects, input is checked, outcomes become warnings, and results get their public shapes. Nothing is
computed here. ``gaussian_mixture.py`` is how a mixture is fitted, ``fitted.py`` all that one may ask of it afterwards;
``summary.py`` says it in words and numbers, as ``summary_page.py`` prints them; ``checks.py`` reads what users give;
``reporting.py`` tells them how it goes; ``exchange.py`` trades fitted models with scikit-learn.
"""
