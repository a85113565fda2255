"""Lets text networks write, in the browser and on the train page.

In the module `writer`, a network in the browser continues the visitor's text. The browser gets the
network's weights once, in 16 bits, together with the text that the network has learned. The scripts
in ``core/export/page`` then run in the browser. ``writing.js``, a port of `fvapp.core.texts`, makes
an image strip of the last characters (signs), ``network.js`` computes the answer, and ``writer.js``
draws the next character at random. ``tests/browser/test_writing_agrees.py`` checks that the Python
and JavaScript versions agree. Typed text stays in the browser, unless a student sends it to the
teacher.

The module `lines` shows what a run wrote (`fvapp.engine.answers.writings`): a line for each of a
few moments of its training and, while the run trains, a line from the current weights.
"""
