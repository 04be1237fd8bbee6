"""What is a file by its content, whatever its name says? Pure; only kinds that cannot run anything are known."""
import io
import re
import zipfile

IMAGES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
OFFICE = "application/vnd.openxmlformats-officedocument."
# What the one part of an Office file says: first part's folder → media type.
PARTS = {
    "xl/workbook.xml": OFFICE + "spreadsheetml.sheet",
    "word/document.xml": OFFICE + "wordprocessingml.document",
    "ppt/presentation.xml": OFFICE + "presentationml.presentation",
}
PDF, TEXT = "application/pdf", "text/plain"
ENDINGS = {
    "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "image/webp": (".webp",), PDF: (".pdf",),
    PARTS["xl/workbook.xml"]: (".xlsx",), PARTS["word/document.xml"]: (".docx",),
    PARTS["ppt/presentation.xml"]: (".pptx",), TEXT: (".txt", ".csv", ".log"),
}
ALL_ENDINGS = tuple(ending for endings in ENDINGS.values() for ending in endings)
BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
MOST_PARTS = 2000


def kind_of(content):
    """The media type of these bytes, or "" for what is not known or may run something (macros, programs, pages)."""
    for start, media_type in IMAGES:
        if content.startswith(start):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return TEXT if _is_text(content) else ""


def fits(name, media_type):
    """Does the name's ending say the same as the content?"""
    return name.lower().endswith(ENDINGS.get(media_type, ()))


def _office(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {one.lower() for one in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return ""
    if len(names) > MOST_PARTS or "[content_types].xml" not in names:
        return ""
    if any("vbaproject" in one or "/activex/" in one for one in names):
        return ""
    return next((media_type for part, media_type in PARTS.items() if part in names), "")


def _is_text(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return not BINARY.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False
