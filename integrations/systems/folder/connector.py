"""Which rows lie in a folder of exports that we have not read yet?

config.options: {"path": folder, "files": [{"pattern": "orders*.csv", "stream": "order", "sheet"?, "encoding"?,
"delimiter"?}], "settle_s"?}. A file is remembered by its content (sha256), so that a copy under another name or a
touched file is not read again; a new export of the same things is another file, and its unchanged rows are repeats.
"""
import fnmatch
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from integrations.systems.base import Page, RawRow
from kernel.outbound import PERMANENT, RETRYABLE, PeerError
from kernel.tables import TableRefusal, read_table

# Added to each row by us; a mapping names them in its envelope so that they are no content.
FILE, ROW, MODIFIED = "_file", "_row", "_modified"
ENVELOPE = (FILE, ROW, MODIFIED)
SETTLE_S = 5
REMEMBERED = 2_000


class FolderConnector:
    """Reads csv and xlsx files, by name, each once."""

    kind = "folder"

    def __init__(self, config):
        self.config = config
        self.folder = Path(config.options["path"])
        self.files = config.options.get("files") or []

    def streams(self):
        return tuple(dict.fromkeys(one["stream"] for one in self.files))

    def pull(self, stream, cursor, *, at):
        """Pages of the rows of files that are new by content; a file half read goes on where it stopped."""
        done, half = dict(cursor.get("done", {})), cursor.get("half") or {}
        for path, options in self._files(stream, at):
            digest = _digest(path)
            if digest in done:
                continue
            start = half.get("row", 0) if half.get("file") == digest else 0
            yield from self._read(path, options, digest, start, done, at)
            done[digest] = path.name

    def _files(self, stream, at):
        if not self.folder.is_dir():
            raise PeerError(RETRYABLE, "no_folder", _("There is no folder “%(path)s”."), path=self.folder.name)
        settled = at.timestamp() - self.config.options.get("settle_s", SETTLE_S)
        for path in sorted(self.folder.iterdir()):
            options = next((one for one in self.files if fnmatch.fnmatch(path.name, one["pattern"])), None)
            if options and options["stream"] == stream and path.is_file() and path.stat().st_mtime <= settled:
                yield path, options

    def _read(self, path, options, digest, start, done, at):
        """Pages of one file. One that cannot be read to its end gives what came before and says why."""
        modified = datetime.fromtimestamp(int(path.stat().st_mtime), UTC).isoformat().replace("+00:00", "Z")
        rows, last = [], start
        try:
            table = read_table(path, sheet=options.get("sheet"), encoding=options.get("encoding"),
                               delimiter=options.get("delimiter"))
            try:
                for number, cells in table.rows:
                    if number <= start:
                        continue
                    last = number
                    named = dict(zip(table.header, cells, strict=True))
                    rows.append(RawRow(options["stream"], named | {FILE: path.name, ROW: number, MODIFIED: modified}))
                    if len(rows) >= self.config.page_size:
                        yield Page(rows, self._half(done, digest, last))
                        rows = []
            finally:
                table.close()
        except TableRefusal as refusal:
            if rows:
                yield Page(rows, self._half(done, digest, last))
            raise PeerError(PERMANENT, "file", _("%(file)s: %(detail)s"), file=path.name, detail=str(refusal)) from None
        yield Page(rows, self._whole(done, digest, path))

    def _half(self, done, digest, row):
        return {"done": done, "half": {"file": digest, "row": row}}

    def _whole(self, done, digest, path):
        kept = dict(list(done.items())[-REMEMBERED:])
        return {"done": kept | {digest: path.name}}

    def check(self):
        """Sentences saying what is wrong: no folder, nothing that fits."""
        if not self.folder.is_dir():
            return [str(_("There is no folder “%(path)s”.")) % {"path": self.folder.name}]
        if not self.files:
            return [str(_("The connection names no files."))]
        return []

    def close(self):
        """Nothing is open."""


def _digest(path):
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()
