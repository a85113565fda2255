"""Tests in a browser.

They form a package so that a single Chromium serves all of its files, and is closed before the
tests of other folders begin.
"""
