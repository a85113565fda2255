"""Contains the data sets that ship. See NOTICE.md for their sources, authors and licences."""
