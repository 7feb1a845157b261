"""Sessions held and missed, how the clinician rates each, and the ruptures that were marked by hand."""
