"""Tests of the data sets: none needs the network, and only ``test_real_data`` needs the real files."""
