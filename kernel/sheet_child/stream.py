"""How is one XML part of a zip read as a stream, without trees, DOCTYPE or entities?"""
from xml.parsers import expat

CHUNK = 1 << 16


class Refused(Exception):
    """This file is not read; args are (code, detail)."""


def parse(archive, name, handler):
    """Stream one part of the archive through a Handler."""
    try:
        stream = archive.open(name)
    except KeyError:
        raise Refused("not_xlsx", name) from None
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.StartElementHandler = _dispatcher(handler.starts)
    parser.EndElementHandler = _dispatcher(handler.ends)
    parser.CharacterDataHandler = handler.text
    with stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _dispatcher(actions):
    """Calls the action of a tag, whatever its namespace prefix; each spelling is looked up once."""
    known = dict(actions)

    def dispatch(tag, *attributes):
        action = known.get(tag)
        if action is None:
            action = known[tag] = known.get(tag.rpartition(":")[2]) or _ignore
        action(*attributes)

    return dispatch


def _ignore(*_):
    pass


def _no_doctype(*_):
    raise Refused("entities", "")


class Handler:
    """Listens to some tags of one part: `starts` {tag: action(attributes)}, `ends` {tag: action()}."""

    def __init__(self):
        self.starts, self.ends = {}, {}

    def text(self, data):
        pass
