"""Mixtura against others: scikit-learn's own tests and numbers, and arithmetic with 50 digits."""
