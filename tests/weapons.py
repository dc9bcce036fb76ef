"""Files made to do harm, and honest ones beside them: built when a test runs, never kept."""

import base64
import io
import random
import zipfile
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageCms
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OPTIONS = {
    "docx": {"unpacked": 100 * 1024 * 1024},
    "xlsx": {"unpacked": 100 * 1024 * 1024, "cells": 300_000},
    "csv": {"cells": 300_000},
    "mail": {},
}


def saved(thing, *args, **kwargs):
    written = io.BytesIO()
    thing.save(written, *args, **kwargs)
    return written.getvalue()


def repacked(package, **parts):
    """Give a zipped document with other parts in it: word__document for word/document.xml."""
    changed = {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in [*old.namelist(), *(set(changed) - set(old.namelist()))]:
            new.writestr(name, changed.get(name) or old.read(name))
    return written.getvalue()


# PDFs


def pdf(change=lambda writer: None):
    """An honest page, changed by a function of pypdf's writer."""
    writer, written = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    change(writer)
    writer.write(written)
    return written.getvalue()


def pdf_that_runs(action, **said):
    """One that does something as soon as it is opened."""

    def change(writer):
        parts = {"S": NameObject(f"/{action}")} | {k: TextStringObject(v) for k, v in said.items()}
        done = DictionaryObject({NameObject(f"/{key}"): value for key, value in parts.items()})
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(done)

    return pdf(change)


# Documents


def docx():
    """An honest form: a table of questions with their codes, and answers."""
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for number in range(12):
        question, answer = table.add_row().cells
        question.text, answer.text = f"Question {number}\n[field_{number}]", "Réponse " * 20
    return saved(document)


def docx_of(body):
    text = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return repacked(docx(), word__document=text)


def cell(inner, span=1):
    said = f"<w:p><w:r><w:t>{inner}</w:t></w:r></w:p>"
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{said}</w:tc>'


def wide_docx():
    """A few kilobytes that say of each of many rows that they span millions of columns."""
    row = f"<w:tr>{cell('a', 40_000_000)}{cell('b')}</w:tr>"
    return docx_of(f"<w:tbl>{row * 2000}</w:tbl>")


def slow_docx():
    """Cells that each go on from the one above: every row is looked for in all before it."""
    first = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p/></w:tc>'
    merged = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    rows = f"<w:tr>{first * 30}</w:tr>" + f"<w:tr>{merged * 30}</w:tr>" * 3000
    return docx_of(f"<w:tbl>{rows}</w:tbl>")


def bomb_docx():
    return repacked(docx(), word__document=b"0" * (101 * 1024 * 1024))


def many_parts():
    return repacked(docx(), **{f"part{number}": "<a/>" for number in range(10_000)})


# Tables


def xlsx():
    """An honest table."""
    book = Workbook()
    for number in range(20):
        book.active.append([f"gh-town-{number}", f"Town {number}", "GH", number * 1000, None, 1.5])
    return saved(book)


def far_xlsx():
    """Five kilobytes with a cell in the last column of each of a few rows, the last far down."""
    cells = '<c r="A1" t="inlineStr"><is><t>slug</t></is></c>'
    rows = "".join(
        f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in (2, 500_000, 1_048_576)
    )
    sheet = (
        f'<worksheet {SHEET}><dimension ref="A1:XFD1048576"/><sheetData><row r="1">{cells}</row>'
        f"{rows}</sheetData></worksheet>"
    )
    return repacked(xlsx(), xl__worksheets__sheet1=sheet)


def full_xlsx():
    """One long text that each of many cells says again."""
    strings = f"<sst {SHEET}><si><t>{'a' * 32_000}</t></si></sst>"
    row = "<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>"
    sheet = f"<worksheet {SHEET}><sheetData>{row * 10_000}</sheetData></worksheet>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(xlsx())) as package:
        types = package.read("[Content_Types].xml").decode().replace("</Types>", part)
    changed = {"xl__worksheets__sheet1": sheet, "xl__sharedStrings": strings}
    return repacked(xlsx(), **changed | {"[Content_Types]": types})


def csv():
    return b"slug,name,country\r\n" + "gh-sé,Sé,GH\r\n".encode() * 50


def long_csv():
    return b"slug,name,country\n" + b"a,,\n" * 400_000


# Pictures


# A photograph as telephones take it, 48 by 64 once it is upright, of a camera called Canary: no
# library with a free licence writes one.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAGIAAgAAAAACTgABAAAAAAAAAHoAAAA4aWluZgAAAAAA"
    "AgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADm"
    "aXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAq"
    "QgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQAN"
    "AAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEA"
    "AQAAAORtZGF0AAAAXigBrxOA+BDhp//7QKP/4BM8Pye9Jif/6xCNH9KnL/8mrw/JKRa8VcanS/CJWQHalkJrgpwFRfQc"
    "IJ2MlrZ4nOauyGtcvywP8NIEyK/rel/wJ+iOQ+E4kLWqPyN8+lAAAAAGRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAHAAAA"
    "MgESAAMAAAABAAYAAIglAAQAAAABAAAAOgAAAABDYW5hcnkAAAACAAEAAgAAAAJOAAAAAAIABQAAAAMAAABYAAAAAAAA"
    "AAUAAAABAAAAAwAAAAEAAAABAAAAAQ=="
)


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(turn=6):
    taken = Image.Exif()
    taken[0x0112], taken[0x010F], taken[0x011A] = turn, "Maker", 72.0
    taken[0x8825] = {1: "N", 2: (5.0, 3.0, 1.0)}
    taken[0x8769] = {0x9003: "2020:01:01 00:00:00", 0x920A: 3.5}
    return taken


def jpeg(size=(400, 300), **kwargs):
    """An honest photo, held upright, with its place, its camera and its colours."""
    drawn = Image.linear_gradient("L").resize(size).convert("RGB")
    return saved(drawn, "JPEG", **{"exif": exif(), "icc_profile": profile()} | kwargs)


def odd_jpeg(seed):
    """A photo with a few wrong bytes in what the camera wrote."""
    drawn, chance = bytearray(jpeg((40, 30))), random.Random(seed)
    begins = drawn.index(b"Exif")
    long = int.from_bytes(drawn[begins - 2 : begins], "big")
    for _ in range(chance.randint(1, 4)):
        drawn[begins + 6 + chance.randrange(long - 10)] = chance.randrange(256)
    return bytes(drawn)


def png(mode="RGB"):
    return saved(Image.new(mode, (300, 200)), "PNG", exif=exif(), icc_profile=profile())


def large_png():
    """190 kilobytes that fill 200 megabytes."""
    return saved(Image.new("RGBA", (7000, 7000)), "PNG")


# Mail


def mail():
    """An honest report of delivery."""
    made = MIMEMultipart("report", report_type="delivery-status")
    made.attach(MIMEText("Votre message n’a pas été remis."))
    status = EmailMessage()
    status["Final-Recipient"], status["Action"] = "rfc822; gone@example.org", "failed"
    status["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user here"
    made.attach(MIMEMessage(status, "delivery-status"))
    return bytes(made)


def nested_mail():
    """Parts inside parts, some ten thousand deep."""
    opened = [
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n'.encode()
        for n in range(10_000)
    ]
    return b"MIME-Version: 1.0\n" + b"".join(opened)


# Mutations


def mutated(content, chance):
    """Give the bytes of a file with some of them changed, taken out, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at, span = chance.randrange(len(changed)), chance.randint(1, 64)
        what = chance.randrange(5)
        if what == 0:
            changed[at] = chance.randrange(256)
        elif what == 1:
            changed[at : at + span] = chance.randbytes(span)
        elif what == 2 and len(changed) > 200:
            del changed[at : at + span]
        elif what == 3:
            changed[at:at] = changed[at : at + span]
        elif at > 100 and chance.random() < 0.2:
            del changed[at:]
    return bytes(changed)


def mutated_inside(package, chance):
    """Give a zipped document whose archive is whole, and one of whose parts is not."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, mutated(content, chance) if name == chosen and content else content)
    return written.getvalue()
