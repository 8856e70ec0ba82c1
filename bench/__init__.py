"""What asymmetry takes beside what a researcher would use today: `make bench`."""
