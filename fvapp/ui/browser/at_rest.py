"""When a part of the page may ask to be drawn again: while no script run is under way.

An ask that meets the way to another page is carried out after it, for the page that was left: Streamlit's answer names
that one, and the browser empties the new one. So whoever asks without a click waits for the run that is under way.
"""

AT_REST = """
const atRest = () =>
  (document.querySelector("[data-test-script-state]")?.dataset.testScriptState ?? "notRunning") === "notRunning";
"""
