"""Small things every room may use: dates, transactions, the typed request. Knows no room."""
