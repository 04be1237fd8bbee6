"""How are parquet files read and written? Apart from the rest, since csv, which most files are, needs none of it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq


def header_of(path):
    """Column names, or None where it is no readable parquet file."""
    try:
        return list(pq.ParquetFile(path).schema_arrow.names)
    except (pa.ArrowInvalid, OSError):
        return None


def rows_of(path):
    """{column: value} of each row."""
    for batch in pq.ParquetFile(path).iter_batches():
        yield from batch.to_pylist()


def write_texts(path, header, chunks):
    """A file of text columns out of `chunks`, lists of rows; a chunk at a time is held."""
    schema = pa.schema([(name, pa.string()) for name in header])
    with pq.ParquetWriter(path, schema) as writer:
        for rows in chunks:
            columns = list(zip(*rows, strict=True)) if rows else [[] for _ in schema]
            writer.write_table(pa.table([pa.array(c, pa.string()) for c in columns], schema=schema))
