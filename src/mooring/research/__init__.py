"""For researchers: answers in files to scores, calibrations and reports in files. No database."""
