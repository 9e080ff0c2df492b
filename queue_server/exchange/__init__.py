"""Files that a hall is taken out to, and put in from, by people with a spreadsheet or an editor."""
