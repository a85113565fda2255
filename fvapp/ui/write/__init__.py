"""A text network writes: in the browser, continuing a visitor's text, and on the train page.

`writer` sends the browser the weights in 16 bits, once, and the text that was learned. There the
scripts of ``core/export/page`` run: ``writing.js``, a port of `fvapp.core.texts`, makes a strip of
the last signs, ``network.js`` answers, and ``writer.js`` draws the next sign with a random number.
``tests/browser/test_writing_agrees.py`` checks that both versions agree. Nothing typed is sent.

`lines` shows the lines of a run from `fvapp.engine.answers.writings`: one for each of a few frames
of its film and, while the run trains, one from the current weights.
"""
