"""What stands in this one sheet of this xlsx file? Runs as its own small process, with limits.

Standard library only, so that it starts in a blink and holds nothing worth stealing. It reads the zip as a
stream with expat, refuses DOCTYPE and entities, and never builds a tree: memory does not grow with the file.

Speaks JSON lines on stdout: {"meta": …} first; [row, [cell, …]] per row; {"note": [row, column, code,
detail]}; {"end": …} last, or {"refuse": code, "detail": …}. A cell is null, true, false, a string, an int,
or a pair ["n", decimal text], ["d", ISO date], ["t", ISO datetime without zone].
"""
import json
import sys
import zipfile
import zlib
from xml.parsers import expat

from book import Book
from cells import Enough, Sheet
from stream import Refused, parse

try:
    import resource
except ImportError:  # not a Unix: the process still has no tree to blow up
    resource = None


def limit_this_process(limits):
    if resource is None:
        return
    wanted = {resource.RLIMIT_AS: limits["memory_bytes"], resource.RLIMIT_CPU: limits["seconds"],
              resource.RLIMIT_CORE: 0}
    for what, value in wanted.items():
        try:
            resource.setrlimit(what, (value, value))
        except (ValueError, OSError):
            pass


def run(path, sheet, limits, out):
    """Write the whole conversation for one sheet (None: the first visible one) to `out`."""
    def say(thing):
        out.write(json.dumps(thing, ensure_ascii=True, separators=(",", ":")) + "\n")

    book = Book(path, limits)
    visible = book.visible()
    if not visible:
        raise Refused("no_visible_sheet", "")
    chosen = next((pair for pair in visible if pair[0] == sheet), None) if sheet is not None else visible[0]
    if chosen is None:
        raise Refused("no_such_sheet", sheet)
    say({"meta": {"sheet": chosen[0], "sheets": [name for name, _ in visible], "hidden": book.hidden(),
                  "date1904": book.date1904}})
    if limits.get("names_only"):
        return
    book.load()
    reader = Sheet(book, lambda row, cells: say([row, cells]),
                   lambda *note: say({"note": list(note)}), limits)
    try:
        parse(book.archive, book.part(chosen[1]), reader)
    except Enough:
        say({"note": [reader.last_full, 0, "stopped_at_blank", str(limits["blank_rows"])]})
    say({"end": reader.last_full})


def main(arguments):
    path, sheet, limits = json.loads(arguments[1])
    limit_this_process(limits)
    code = ("broken", "")
    try:
        run(path, sheet, limits, sys.stdout)
        return 0
    except Refused as refused:
        code = refused.args
    except MemoryError:
        code = ("memory", "")
    except expat.ExpatError as error:
        code = ("not_xlsx", str(error)[:100])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        code = ("broken", str(error)[:100])
    sys.stdout.write(json.dumps({"refuse": code[0], "detail": code[1]}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
