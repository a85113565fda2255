"""The data sets that ship; see NOTICE.md for their sources, authors and licences."""
