"""Small things every room may use: dates, transactions, records of a file, the typed request. Knows no room."""
