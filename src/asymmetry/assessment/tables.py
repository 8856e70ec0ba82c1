"""The table of scores: tidy, one row for each run, image and metric."""

COLUMNS = ["run", "task", "set", "image", "metric", "convention", "value", "status"]
