"""A network of text writes: in the browser with what somebody begins, and on the training page
while it learns.

`writer` gives the browser the weights in 16 bits, once, and the text that was learned. There
``writing.js``, which is `fvapp.core.texts` a second time, makes a strip of the last signs,
``network.js`` answers, and a number draws the next sign. ``tests/browser/test_writing_agrees.py``
holds the two to each other. Nothing that is typed is sent.

`lines` shows what `fvapp.engine.answers.writings` has of a run: a line of each of a few frames of
its film and, while it trains, one of the weights as they are.
"""
