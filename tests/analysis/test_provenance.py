from asymmetry.analysis.provenance import provenance
from asymmetry.core.files import sha256_of
from tests.synthetic_tables import make_runs, write_tables


def test_digests_of_the_tables_that_are_there(tmp_path):
    write_tables(tmp_path, runs=make_runs())
    assert provenance(tmp_path).tables == {"runs": sha256_of(tmp_path / "runs.parquet")}
