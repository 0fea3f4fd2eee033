"""From a file to accepted rows and refusals: open, find the table, recognise, clean, check."""
