import pandas as pd

from asymmetry.report.usage import device_seconds, hours, usage_rows

COLUMNS = ["run", "kind", "device", "device_seconds", "mean_utilisation", "peak_memory_mb"]
RUNS = pd.DataFrame(
    [
        ("warm", "warm-start", "cpu", 10.0, 0.9, 100.0),
        ("a", "cell", "NVIDIA H200", 1000.0, 0.5, 700.0),
        ("b", "cell", "NVIDIA H200", 3000.0, 0.9, 800.0),
        ("c", "cell", "cpu", 50.0, None, 90.0),
        ("d", "cell", None, None, None, None),
    ],
    columns=COLUMNS,
).assign(attempts=[1, 1, 2, 1, None])


def test_sums_by_kind_and_device():
    rows = {(row["kind"], row["device"]): row for row in usage_rows(RUNS)}
    assert set(rows) == {("warm starts", "cpu"), ("cells", "NVIDIA H200"), ("cells", "cpu")}
    gpu = rows["cells", "NVIDIA H200"]
    assert (gpu["runs"], gpu["seconds"], gpu["memory"], gpu["attempts"]) == (2, 4000, 800, 3)
    assert gpu["utilisation"] == (1000 * 0.5 + 3000 * 0.9) / 4000
    assert rows["cells", "cpu"]["utilisation"] is None


def test_seconds_of_some_runs_by_device_most_first():
    assert device_seconds(RUNS, ["a", "b", "c"]) == "4,000 s on NVIDIA H200, 50 s on cpu"
    assert device_seconds(RUNS, ["d"]) == "none"


def test_hours_of_all_runs():
    assert hours(RUNS).startswith("1.1 on NVIDIA H200 (mean utilisation 80 %), 0.02 on cpu")
