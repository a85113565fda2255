"""When a part of the page may ask to be drawn again: while no script run is under way.

A visitor may be on the way to another page when a part of the old one asks. Streamlit then carries the request out for
the page that was left, and its answer blanks the new one. So a script that asks by itself, without a click, first waits
until no script run is under way.
"""

AT_REST = """
const atRest = () =>
  (document.querySelector("[data-test-script-state]")?.dataset.testScriptState ?? "notRunning") === "notRunning";
"""
