"""Lets text networks write: continuing a visitor's text in the browser, and on the train page.

`writer` sends the browser the weights once, in 16 bits, together with the text that the network has
learned. The scripts in ``core/export/page`` then run in the browser. ``writing.js``, a port of
`fvapp.core.texts`, makes a strip of the last signs, ``network.js`` computes the answer, and
``writer.js`` draws the next sign at random. ``tests/browser/test_writing_agrees.py`` checks that
both versions agree. Typed text stays in the browser, unless a student sends it to the teacher.

`lines` shows what a run wrote, from `fvapp.engine.answers.writings`: a line for each of a few
moments of its training and, while the run trains, a line from the current weights.
"""
