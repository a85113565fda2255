"""Contains the data sets that ship with the app. NOTICE.md lists sources, authors and licences."""
