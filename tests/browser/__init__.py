"""Tests in a browser. A package, so that one Chromium serves all of its files and is closed before
others begin.
"""
