"""Read transcripts and codings from CSV, WebVTT, SRT, ELAN and Word files, and write codings as CSV and ELAN.

For a researcher's or an instructor's own Python session, on a machine where the material may be. Nothing is guessed:
what a file leaves open is an `ExchangeError` that names the file, the place and the mend.
"""

from __future__ import annotations

import codecs
import csv
import html
import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import get_args
from xml.parsers import expat

import docx
import pandas as pd
import webvtt
from docx.table import Table
from lxml.etree import XMLSyntaxError
from pympi import Elan
from webvtt.errors import MalformedCaptionError, MalformedFileError

from widgets.codebook import Role
from widgets.codings import COLUMNS

TRANSCRIPT = ("unit", "turn", "speaker", "role", "text", "start", "end")
"""The columns of a transcript: one row a unit, times in seconds, nan where they are not known."""

LIMIT = 20_000_000
"""The largest file that is read, in bytes, packed or unpacked: a long session is far below it."""

Roles = Mapping[str, Role | None]
"""Speaker in the file -> role. None leaves a speaker out on purpose (an interpreter, a tier of notes)."""

_TEXT = (".csv", ".tsv", ".vtt", ".srt")
_BOMS = {  # the longer mark of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_TIMES = {
    ".vtt": re.compile(r"\s*(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}\s+-->\s+(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}(\s|$)"),
    ".srt": re.compile(r"\s*\d+:[0-5]\d:[0-5]\d[,.]\d{3}\s*-->\s*\d+:[0-5]\d:[0-5]\d[,.]\d{3}(\s|$)"),
}
_NAME = re.compile(r"([^:：]{1,60})[:：](?!\d)(.*)", re.DOTALL)
_VOICE = re.compile(r"</?v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
_TAG = {
    ".vtt": re.compile(r"<[^<>]*>"),
    ".srt": re.compile(r"</?(?:b|i|u|s|font)\b[^<>]*>|\{\\an?\d+\}", re.IGNORECASE),
}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet takes for a formula, guarded already or not
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OUR_TIER = re.compile(r"([^|]*) \| ([^|]*) \| ([^|]*) \| round (\d+) \| ([^|]*) \| key (\d+) \| [^|]*")
_OUR_FIELDS = ("column", "coder", "lens", "round", "excerpt", "key_version")
_UNIT_TIER = "unit | "


class ExchangeError(ValueError):
    """A file cannot be read or written; the message names the file, the place and the mend."""


@dataclass(frozen=True)
class _Unit:
    place: str
    id: str
    speaker: str
    text: str
    start: float = math.nan
    end: float = math.nan


@dataclass(frozen=True)
class _Row:
    place: str
    cells: dict[str, str]


def read_transcript(path: str | Path, *, roles: Roles, encoding: str | None = None) -> pd.DataFrame:
    """Return a transcript as a frame with the columns `TRANSCRIPT`.

    path: .csv, .tsv, .vtt, .srt, .eaf or .docx.
    roles: who is "adult" (therapist or caregiver) and who "client" (client or child), by the names in the file; None
        leaves a speaker out. A speaker that is not named here is an error that lists the speakers found.
    encoding: of a text file that is neither UTF-8 nor begins with a byte order mark, such as "cp1252".

    Units have the ids of the file: its column `unit`, or in ELAN our tiers of unit ids, else ELAN's annotation ids.
    Where the file has none they are u1, u2, ... in the order of the file.
    """
    path = Path(path)
    data = _load(path, encoding)
    match path.suffix.lower():
        case ".csv" | ".tsv":
            units = _units_of_rows(_rows_of_text(path, _decode(path, data, encoding), ("speaker", "text")))
        case ".vtt" | ".srt":
            units = _units_of_cues(path, _decode(path, data, encoding))
        case ".eaf":
            units = list(_units_of_eaf(path, _eaf(path, data)).values())
        case _:
            units = _units_of_docx(path, data)
    return _transcript(path, units, roles)


def read_codings(
    path: str | Path,
    *,
    given: Mapping[str, str | int] | None = None,
    tiers: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Return codings as the package's tidy frame (`codings.COLUMNS`).

    path: .csv or .tsv, .docx (its tables) or .eaf.
    given: columns that the file does not hold, such as {"coder": "river", "round": 1}, the same for every row.
    tiers: for an .eaf that was not written by `write_codings`: {tier: column}. Each must hang on a speaker's tier, one
        annotation a unit (in ELAN: Symbolic Association).
    """
    path, given = Path(path), dict(given or {})
    unknown = [name for name in given if name not in COLUMNS]
    if unknown:
        raise ExchangeError(f"given={{...}} has {_list(unknown)}. Codings have the columns {', '.join(COLUMNS)}.")
    data = _load(path, encoding)
    if tiers is not None and path.suffix.lower() != ".eaf":
        raise ExchangeError(f"{path.name}: tiers= is for .eaf files. Leave it out.")
    needed = [name for name in COLUMNS if name not in given]
    match path.suffix.lower():
        case ".csv" | ".tsv":
            rows = [_unguarded(row) for row in _rows_of_text(path, _decode(path, data, encoding), needed)]
        case ".docx":
            tables = [block for block in _document(path, data).iter_inner_content() if isinstance(block, Table)]
            if not tables:
                raise ExchangeError(f"{path.name}: there is no table. Put the codings in one, a row a code.")
            rows = [row for n, table in enumerate(tables, 1) for row in _rows_of_table(path, n, table, needed)]
        case ".eaf":
            rows = _codings_of_eaf(path, _eaf(path, data), tiers)
        case _:
            raise ExchangeError(f"{path.name}: subtitles hold no codings. Use .csv, .tsv, .docx or .eaf.")
    return _codings(path, rows, given)


def write_codings(frame: pd.DataFrame, path: str | Path, *, transcript: pd.DataFrame | None = None) -> None:
    """Write codings to a new .csv or .eaf file, which `read_codings` reads as the same rows.

    transcript: for .eaf, the frame of `read_transcript` with the times of all units. ELAN then shows a tier for each
    speaker and, hanging on it, the ids of the units and a tier for each column of each coder.

    In a CSV a word that a spreadsheet would take for a formula gets an apostrophe before it, as in the coder's export.
    """
    path = Path(path)
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise ExchangeError(f"{path.name}: the frame lacks the columns {', '.join(missing)}.")
    if frame.empty:
        raise ExchangeError(f"{path.name}: the frame has no rows. There is nothing to write.")
    if path.exists():
        raise ExchangeError(f"{path.name}: this file is there already. Choose another name, or delete it first.")
    blank = frame[list(COLUMNS)].isna().any(axis=1).to_numpy()
    if blank.any():
        row = int(blank.argmax()) + 1
        raise ExchangeError(f"{path.name}, row {row}: a value is missing. Leave out what is not coded.")
    rows = [
        _Row(f"row {n}", dict(zip(COLUMNS, map(str, values), strict=True)))
        for n, values in enumerate(frame[list(COLUMNS)].itertuples(index=False), 1)
    ]
    _codings(path, rows, {})
    match path.suffix.lower():
        case ".csv":
            path.write_bytes(_csv(rows).encode("utf-8-sig"))
        case ".eaf":
            if transcript is None:
                raise ExchangeError(f"{path.name}: ELAN needs the times of the units. Give transcript=.")
            path.write_bytes(_eaf_of_codings(path, rows, transcript))
        case _:
            raise ExchangeError(f"{path.name}: codings are written as .csv or .eaf. Change the ending.")


# The file


def _list(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _load(path: Path, encoding: str | None) -> bytes:
    kinds = (*_TEXT, ".eaf", ".docx")
    if path.suffix.lower() not in kinds:
        hint = " Open it in Word and save it as .docx." if path.suffix.lower() == ".doc" else ""
        raise ExchangeError(f"{path.name}: files that can be read end in {', '.join(kinds)}.{hint}")
    if not path.is_file():
        raise ExchangeError(f"{path.name}: there is no such file in '{path.parent}'. Correct the name or the folder.")
    if encoding is not None and path.suffix.lower() not in _TEXT:
        raise ExchangeError(f"{path.name}: encoding= is for text files; this kind says itself how it is encoded.")
    with path.open("rb") as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ExchangeError(f"{path.name}: this is larger than the limit of {LIMIT // 10**6} MB. Split it.")
    if not data.strip():
        raise ExchangeError(f"{path.name}: the file is empty. Export or copy it again.")
    return data


def _decode(path: Path, data: bytes, encoding: str | None) -> str:
    """Return the text: by its byte order mark, else as `encoding` says, else as UTF-8."""
    marked = next((name for mark, name in _BOMS.items() if data.startswith(mark)), None)
    if not (marked or encoding) and b"\0" in data:
        raise ExchangeError(
            f"{path.name}, line {data[: data.index(0)].count(10) + 1}: this is not a text file (it holds zero bytes). "
            'If it is UTF-16 without a byte order mark, give encoding="utf-16-le".'
        )
    try:
        text = data.decode(marked or encoding or "utf-8")
    except LookupError:
        raise ExchangeError(f"{path.name}: '{encoding}' is not an encoding. Try 'cp1252' or 'utf-16-le'.") from None
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        mend = (
            f"this is not {marked or encoding}. Give the encoding in which it was saved."
            if marked or encoding
            else 'this is not UTF-8. Save the file as UTF-8, or give its encoding, such as encoding="cp1252".'
        )
        raise ExchangeError(f"{path.name}, line {line}: {mend}") from None
    if "\0" in text:
        raise ExchangeError(f"{path.name}, line {_line(text, text.index(chr(0)))}: this is not a text file.")
    if not text.strip():
        raise ExchangeError(f"{path.name}: the file is empty. Export or copy it again.")
    return text


def _line(text: str, position: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:position])) + 1


def _check_xml(where: str, data: bytes, element: Callable[[str, dict[str, str], int], None] | None = None) -> None:
    """Refuse XML that is cut off or declares a document type; `element` sees every tag, its attributes and its line.

    Entities live in document types, and with them both the expansion of a short file to gigabytes and the reading of
    other files of the machine. The formats read here have none.
    """
    parser = expat.ParserCreate(namespace_separator=" ")  # so that an undeclared prefix is an error, as in pympi

    def refuse(*_: object) -> None:
        raise ExchangeError(
            f"{where}, line {parser.CurrentLineNumber}: this file has a DOCTYPE, which can hide harmful content. "
            "Save it again in the program that it comes from."
        )

    parser.StartDoctypeDeclHandler = refuse
    if element:
        parser.StartElementHandler = lambda tag, attributes: element(tag, attributes, parser.CurrentLineNumber)
    try:
        parser.Parse(data, True)
    except ExchangeError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise ExchangeError(
            f"{where}, line {line}: this is cut off or is not XML ({error}). Save or copy the file again."
        ) from None


# Tables


def _rows_of_text(path: Path, text: str, needed: Sequence[str]) -> list[_Row]:
    separator = _separator(path, text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[str, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            lines.append((f"line {start}", cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise ExchangeError(
            f"{path.name}, line {start}: this row cannot be read ({error}). Look for a quotation mark that is not "
            "closed; inside a quoted cell it is written twice."
        ) from None
    return _rows(path, lines, needed)


def _separator(path: Path, text: str, needed: Sequence[str]) -> str:
    """Return the one separator under which the first line is a header with the columns needed."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0][:10_000]
    found = {separator: set(_header(next(csv.reader([first], delimiter=separator), []))) for separator in _SEPARATORS}
    best = max(found, key=lambda separator: len(found[separator] & set(needed)))
    missing = [name for name in needed if name not in found[best]]
    if not missing:
        return best
    columns = ", ".join(needed)
    if len(missing) < len(needed):
        what = f"the columns {', '.join(missing)} are missing. Add them; needed are {columns}."
    elif all(name in first.lower() for name in needed):
        what = f"the columns are not separated by {' or '.join(_SEPARATORS.values())}. Save it with one of these."
    else:
        what = f"there is no header. Add a first line that names the columns {columns}."
    raise ExchangeError(f"{path.name}, line 1 ({first[:60]!r}): {what}")


def _header(cells: Iterable[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _rows(path: Path, lines: Sequence[tuple[str, list[str]]], needed: Sequence[str]) -> list[_Row]:
    """Return the rows below the header, by the names of the columns; empty ones are left out."""
    (place, first), *rest = lines
    header = _header(first)
    missing = [name for name in needed if name not in header]
    if missing:
        raise ExchangeError(
            f"{path.name}, {place}: the first row must name the columns {', '.join(needed)}; missing: {_list(missing)}."
        )
    twice = [name for name in header if name and header.count(name) > 1]
    if twice:
        raise ExchangeError(f"{path.name}, {place}: the column '{twice[0]}' stands here twice. Rename one of them.")
    rows = []
    for place, cells in rest:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise ExchangeError(
                f"{path.name}, {place}: {len(cells)} cells, but the header has {len(header)}. Is the file cut off, "
                "or does a text need quotation marks around it?"
            )
        rows.append(_Row(place, dict(zip(header, cells, strict=True))))
    if not rows:
        raise ExchangeError(f"{path.name}, {place}: there are no rows below the header. Export or copy it again.")
    return rows


def _units_of_rows(rows: Iterable[_Row]) -> list[_Unit]:
    return [
        _Unit(
            row.place,
            row.cells.get("unit", ""),
            row.cells["speaker"],
            row.cells["text"],
            _seconds(row, "start"),
            _seconds(row, "end"),
        )
        for row in rows
    ]


def _seconds(row: _Row, column: str) -> float:
    """Return a time; a wrong one is told by `_transcript`, which knows the file: it becomes infinite here."""
    cell = row.cells.get(column, "").strip()
    if not cell:
        return math.nan
    return float(cell) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell) else math.inf


def _transcript(path: Path, units: Sequence[_Unit], roles: Roles) -> pd.DataFrame:
    """Return the frame of the units whose speakers have a role; check everything that the formats have in common."""
    wrong = [name for name, role in roles.items() if role not in (*get_args(Role), None)]
    if wrong:
        raise ExchangeError(f"roles: {_list(wrong)} must be 'adult', 'client' or None (left out).")
    if not any(unit.id for unit in units):
        units = [replace(unit, id=f"u{n}") for n, unit in enumerate(units, 1)]
    unmapped = next((unit for unit in units if unit.speaker not in roles), None)
    if unmapped:
        found = dict.fromkeys(unit.speaker for unit in units)
        raise ExchangeError(
            f"{path.name}, {unmapped.place}: the speaker {unmapped.speaker!r} has no role. Found in this file: "
            f"{_list(found)}. Give each in roles=, as 'adult', 'client' or None (left out)."
        )
    kept = [unit for unit in units if roles[unit.speaker] is not None]
    if not kept:
        raise ExchangeError(f"{path.name}: there is nothing to read, because every speaker in it is left out.")
    seen: set[str] = set()
    for unit in kept:
        if not unit.text.strip():
            raise ExchangeError(f"{path.name}, {unit.place}: there is no text. Fill it in or remove it.")
        if not unit.id.strip() or unit.id in seen:
            raise ExchangeError(f"{path.name}, {unit.place}: the unit id {unit.id!r} is empty or not the only one.")
        seen.add(unit.id)
        if math.inf in (unit.start, unit.end):
            raise ExchangeError(f"{path.name}, {unit.place}: start and end are seconds, such as 12.5, or empty.")
        if unit.end < unit.start:
            raise ExchangeError(f"{path.name}, {unit.place}: the end lies before the start. Correct one of them.")
    turns = [n for n, (_, group) in enumerate(groupby(unit.speaker for unit in kept), 1) for _ in group]
    rows = [
        (unit.id, turn, unit.speaker, roles[unit.speaker], unit.text, unit.start, unit.end)
        for unit, turn in zip(kept, turns, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(TRANSCRIPT))


def _codings(path: Path, rows: Sequence[_Row], given: Mapping[str, str | int]) -> pd.DataFrame:
    """Return the tidy frame of the rows, each a whole answer that stands there once."""
    made: dict[tuple[str, ...], tuple[str | int, ...]] = {}
    for row in rows:
        twice = [name for name in given if name in row.cells]
        if twice:
            raise ExchangeError(f"{path.name}: '{twice[0]}' is in the file and in given=. Leave it out of given=.")
        cells = row.cells | {name: str(value) for name, value in given.items()}
        missing = [name for name in COLUMNS if name not in cells]
        if missing:
            raise ExchangeError(f"{path.name}: the file does not say {', '.join(missing)}. Say it in given={{...}}.")
        for name in COLUMNS:
            if not cells[name].strip():
                raise ExchangeError(f"{path.name}, {row.place}: '{name}' is empty. Fill it in or remove the row.")
        for name in ("key_version", "round"):
            if not re.fullmatch(r"[0-9]{1,9}", cells[name]):
                raise ExchangeError(f"{path.name}, {row.place}: {name} is {cells[name]!r}. It must be a whole number.")
            cells[name] = str(int(cells[name]))
        answer = tuple(cells[name] for name in COLUMNS[:-1])
        if answer in made:
            raise ExchangeError(
                f"{path.name}, {row.place}: unit '{cells['unit']}', column '{cells['column']}' of coder "
                f"'{cells['coder']}' has a value already. Remove one of the two."
            )
        made[answer] = tuple(int(cells[name]) if name in ("key_version", "round") else cells[name] for name in COLUMNS)
    return pd.DataFrame(list(made.values()), columns=list(COLUMNS))


def _unguarded(row: _Row) -> _Row:
    guarded = {name for name, cell in row.cells.items() if cell.startswith("'") and _FORMULA.match(cell)}
    return _Row(row.place, {name: cell[name in guarded :] for name, cell in row.cells.items()})


def _csv(rows: Iterable[_Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(f"'{cell}" if _FORMULA.match(cell) else cell for cell in row.cells.values())
    return file.getvalue()


# Subtitles


def _units_of_cues(path: Path, text: str) -> list[_Unit]:
    """Return the units of WebVTT or SRT: a voice `<v Name>` or a line "Name: ..." begins one."""
    kind = path.suffix.lower()
    lines = _cue_lines(path, text)
    try:
        if kind == ".vtt":
            cues = webvtt.from_string(text, strict=True)
        else:
            cues = webvtt.from_buffer(io.StringIO(text.lstrip()), format="srt")
    except MalformedFileError:
        raise ExchangeError(f"{path.name}, line 1: this is not a {kind} file. Export the subtitles again.") from None
    except MalformedCaptionError as error:
        raise ExchangeError(f"{path.name}: a cue cannot be read ({error}). Put an empty line before it.") from None
    if len(cues) != len(lines):
        raise ExchangeError(f"{path.name}: only {len(cues)} of {len(lines)} cues can be read. Export them again.")

    def plain(words: str) -> str:
        words = _TAG[kind].sub("", words)
        return html.unescape(words) if kind == ".vtt" else words

    voices = kind == ".vtt" and any(_VOICE.search(cue.raw_text) for cue in cues)
    units: list[_Unit] = []
    for line, cue in zip(lines, cues, strict=True):
        place = f"line {line}"
        start, end = cue.start_time.in_milliseconds() / 1000, cue.end_time.in_milliseconds() / 1000
        if voices:
            said = [(name, plain(words)) for name, words in _voices(path, place, cue.raw_text)]
        else:
            said = list(_named(path, place, plain(cue.raw_text)))
        units += [_Unit(place, "", name, " ".join(words.split("\n")).strip(), start, end) for name, words in said]
    return units


def _cue_lines(path: Path, text: str) -> list[int]:
    """Return the lines of the cues' times, after a check of what webvtt-py would leave out without a word."""
    kind = path.suffix.lower()
    lines = re.split(r"\r\n|\r|\n", text)
    if kind == ".vtt" and not re.match(r"\ufeff?WEBVTT(\s|$)", lines[0]):
        raise ExchangeError(f"{path.name}, line 1: a WebVTT file begins with the word WEBVTT. Export it again.")
    places = [n for n, line in enumerate(lines) if "-->" in line]
    if not places:
        raise ExchangeError(f"{path.name}: there is no cue (no line with '-->'). Export the subtitles again.")
    pattern = "00:00:01.000 --> 00:00:02.500" if kind == ".vtt" else "00:00:01,000 --> 00:00:02,500"
    for n in places:
        if not _TIMES[kind].match(lines[n]):
            raise ExchangeError(f"{path.name}, line {n + 1}: the times are not of the form {pattern}. Correct them.")
        if kind == ".srt" and not (n and lines[n - 1].strip().isdecimal()):
            raise ExchangeError(f"{path.name}, line {n + 1}: there is no number in the line above. Number the cues.")
        if not "".join(lines[n + 1 : n + 2]).strip():
            raise ExchangeError(f"{path.name}, line {n + 1}: this cue has no text. Is the file cut off here?")
    return [n + 1 for n in places]


def _voices(path: Path, place: str, text: str) -> Iterator[tuple[str, str]]:
    speaker = ""
    position = 0
    for match in [*_VOICE.finditer(text), None]:
        said = text[position : match.start() if match else None]
        if speaker:
            yield speaker, said
        elif _TAG[".vtt"].sub("", said).strip():
            raise ExchangeError(f"{path.name}, {place}: {said.strip()[:40]!r} has no voice. Put <v Name> before it.")
        if match:
            speaker, position = html.unescape(match[1] or "").strip(), match.end()


def _named(path: Path, place: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield who says what in lines of which the first, and every one of another speaker, begins with a name."""
    said: list[tuple[str, str]] = []
    for line in filter(str.strip, re.split(r"[\r\n]", text)):
        match = _NAME.match(line.strip())
        if match:
            said.append((match[1].strip(), match[2].strip()))
        elif said:
            said[-1] = (said[-1][0], f"{said[-1][1]} {line.strip()}".strip())
        else:
            raise ExchangeError(
                f"{path.name}, {place}: {line.strip()[:40]!r} has no speaker. Write 'Name: ' before it, or remove it."
            )
    yield from said


# Word


def _document(path: Path, data: bytes) -> docx.document.Document:
    """Return the document after a check of its size, its XML, and of text that python-docx would leave out."""
    again = "Open it in Word, without a password, and save it as .docx."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LIMIT:
                raise ExchangeError(
                    f"{path.name}: unpacked it is larger than the limit of {LIMIT // 10**6} MB. Take out its pictures."
                )
            for name in parts.namelist():
                content = parts.read(name)
                if name.endswith((".xml", ".rels")):
                    _check_xml(f"{path.name} ({name})", content)
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        changes = body.xpath(".//w:ins | .//w:del | .//w:moveFrom | .//w:moveTo")
        hidden = body.xpath(".//w:sdt//w:t | .//w:txbxContent//w:t | .//w:tc//w:tbl")
    except ExchangeError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
        raise ExchangeError(f"{path.name}: this is not a Word .docx, or it is cut off. {again}") from None
    except (KeyError, ValueError, AttributeError, TypeError, XMLSyntaxError) as error:
        raise ExchangeError(f"{path.name}: this .docx lacks parts of a Word document ({error}). {again}") from None
    if changes:
        raise ExchangeError(f"{path.name}: there are tracked changes. Accept or reject them in Word, and save.")
    if hidden:
        where = "a form field, a text box or a table inside a table"
        raise ExchangeError(f"{path.name}: there is text in {where}. Turn it into plain paragraphs.")
    return document


def _units_of_docx(path: Path, data: bytes) -> list[_Unit]:
    """Return the units of paragraphs "Speaker: text" and of tables with the columns speaker and text, in order."""
    units: list[_Unit] = []
    paragraphs = tables = 0
    for block in _document(path, data).iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            units += _units_of_rows(_rows_of_table(path, tables, block, ("speaker", "text")))
        else:
            paragraphs += 1
            place = f"paragraph {paragraphs}"
            units += [_Unit(place, "", name, words) for name, words in _named(path, place, block.text)]
    if not units:
        raise ExchangeError(f"{path.name}: there is no text. Write paragraphs 'Name: what was said', or a table.")
    return units


def _rows_of_table(path: Path, number: int, table: Table, needed: Sequence[str]) -> list[_Row]:
    lines = [(f"table {number}, row {n}", [cell.text for cell in row.cells]) for n, row in enumerate(table.rows, 1)]
    if not lines:
        raise ExchangeError(f"{path.name}, table {number}: the table is empty. Remove it.")
    return _rows(path, lines, needed)


# ELAN


def _eaf(path: Path, data: bytes) -> Elan.Eaf:
    seen: set[tuple[str, str]] = set()

    def check(tag: str, attributes: dict[str, str], line: int) -> None:
        if not seen and tag != "ANNOTATION_DOCUMENT":
            raise ExchangeError(f"{path.name}, line {line}: this is XML, but not of ELAN. Save it in ELAN as .eaf.")
        id = attributes.get("TIER_ID" if tag == "TIER" else "ANNOTATION_ID", "")
        if id and (tag, id) in seen:  # pympi would keep only the last
            raise ExchangeError(f"{path.name}, line {line}: the {tag} '{id}' stands here twice. Save it in ELAN again.")
        seen.add((tag, id))

    _check_xml(path.name, data, check)
    try:
        return Elan.Eaf(path, suppress_version_warning=True)
    except Exception as error:  # pympi raises what its first stumble gives, and Exception itself
        raise ExchangeError(
            f"{path.name}: something that ELAN writes is missing or wrong ({error}). Open it in ELAN and save it again."
        ) from None


def _units_of_eaf(path: Path, eaf: Elan.Eaf) -> dict[str, _Unit]:
    """Return the units by the ids of their annotations: what stands on tiers of their own, in the order of time."""
    named = {
        annotation: value
        for tier, (_, references, _, _) in eaf.tiers.items()
        if tier.startswith(_UNIT_TIER)
        for annotation, value, _, _ in references.values()
    }
    units: dict[str, _Unit] = {}
    for tier, (aligned, _, attributes, _) in eaf.tiers.items():
        if attributes.get("PARENT_REF"):
            continue
        for id, (first, last, text, _) in aligned.items():
            start, end = eaf.timeslots.get(first), eaf.timeslots.get(last)
            place = f"tier '{tier}', annotation '{id}'"
            if start is None or end is None:
                raise ExchangeError(f"{path.name}, {place}: its times are missing. Give it times in ELAN.")
            units[id] = _Unit(place, named.get(id, id), tier, text, start / 1000, end / 1000)
    if not units:
        raise ExchangeError(
            f"{path.name}: no tier that stands on its own has annotations. Tiers: {_list(eaf.tiers) or 'none'}."
        )
    return dict(sorted(units.items(), key=lambda item: (item[1].start, item[1].end)))


def _codings_of_eaf(path: Path, eaf: Elan.Eaf, tiers: Mapping[str, str] | None) -> list[_Row]:
    """Return a row for each annotation on the tiers of codings: ours, told by their names, or those that are named."""
    if tiers is None:
        fields = {tier: _fields(tier) for tier in eaf.tiers if _OUR_TIER.fullmatch(tier)}
    else:
        fields = {tier: {"column": column} for tier, column in tiers.items()}
    absent = [tier for tier in fields if tier not in eaf.tiers]
    if absent or not fields:
        what = f"there is no tier {_list(absent)}" if absent else "no tier holds codings that were written from here"
        raise ExchangeError(f"{path.name}: {what}. Say which do in tiers={{tier: column}}. Tiers: {_list(eaf.tiers)}.")
    units = _units_of_eaf(path, eaf)
    parents = {id: note[0] for _, references, _, _ in eaf.tiers.values() for id, note in references.items()}
    rows = []
    for tier in fields:
        aligned, references, _, _ = eaf.tiers[tier]
        if aligned or not references:
            what = "does not hang on a speaker's tier (Symbolic Association)" if aligned else "is empty"
            raise ExchangeError(f"{path.name}, tier '{tier}': this tier {what}. Change it in ELAN, or leave it out.")
        for id, (parent, value, _, _) in references.items():
            place = f"tier '{tier}', annotation '{id}'"
            passed: set[str] = set()
            while parent in parents and parent not in passed:  # a damaged file can go in a circle
                passed.add(parent)
                parent = parents[parent]
            if parent not in units:
                raise ExchangeError(f"{path.name}, {place}: it belongs to no unit of a speaker. Save the file in ELAN.")
            rows.append(_Row(place, fields[tier] | {"unit": units[parent].id, "value": value}))
    return rows


def _fields(tier: str) -> dict[str, str]:
    match = _OUR_TIER.fullmatch(tier)
    return dict(zip(_OUR_FIELDS, match.groups(), strict=True)) if match else {}


def _eaf_of_codings(path: Path, rows: Sequence[_Row], transcript: pd.DataFrame) -> bytes:
    units = _timed_units(path, rows, transcript)
    eaf = Elan.Eaf(author="Opening Minds")
    eaf.remove_tier("default")
    eaf.add_linguistic_type("codes", constraints="Symbolic_Association", timealignable=False)
    times = [(unit.start, unit.end) for unit in units]
    moments = sorted((time, n, side) for n, pair in enumerate(times) for side, time in enumerate(pair))
    slots = {(n, side): eaf.generate_ts_id(round(time * 1000)) for time, n, side in moments}  # ELAN wants them in order
    annotations: dict[str, tuple[str, str]] = {}
    for n, unit in enumerate(units):
        if unit.speaker not in eaf.tiers:
            eaf.add_tier(unit.speaker, part=unit.speaker)
        annotations[unit.id] = unit.speaker, (id := eaf.generate_annotation_id())
        eaf.tiers[unit.speaker][0][id] = (slots[n, 0], slots[n, 1], unit.text, None)
    for unit in units:
        _hang(eaf, f"{_UNIT_TIER}{unit.speaker}", annotations[unit.id], unit.id)
    for row in rows:
        cells = row.cells
        speaker = annotations[cells["unit"]][0]
        who = f"{cells['column']} | {cells['coder']} | {cells['lens']} | round {cells['round']}"
        tier = f"{who} | {cells['excerpt']} | key {cells['key_version']} | {speaker}"
        _hang(eaf, tier, annotations[cells["unit"]], cells["value"], coder=cells["coder"])
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + Elan.to_string(eaf, encoding="UTF-8")


def _hang(eaf: Elan.Eaf, tier: str, annotation: tuple[str, str], value: str, coder: str | None = None) -> None:
    """Add a value to a tier that hangs on the speaker's, and the tier where it is not there yet."""
    speaker, id = annotation
    if tier not in eaf.tiers:
        eaf.add_tier(tier, "codes", parent=speaker, part=speaker, ann=coder)
    eaf.tiers[tier][1][eaf.generate_annotation_id()] = (id, value, None, None)


def _timed_units(path: Path, rows: Sequence[_Row], transcript: pd.DataFrame) -> list[_Unit]:
    """Return the units of the transcript after a check of everything that ELAN cannot hold."""
    missing = [name for name in ("unit", "speaker", "text", "start", "end") if name not in transcript]
    if missing:
        raise ExchangeError(f"{path.name}: the transcript lacks the columns {', '.join(missing)}.")
    if len({row.cells["excerpt"] for row in rows}) > 1:
        raise ExchangeError(f"{path.name}: these are codings of several excerpts. Write one file for each.")
    units = [
        _Unit(f"unit {unit!r}", str(unit), str(speaker), str(text), float(start), float(end))
        for unit, speaker, text, start, end in transcript[["unit", "speaker", "text", "start", "end"]].itertuples(
            index=False
        )
    ]
    ids = {unit.id for unit in units}
    if len(ids) < len(units):
        raise ExchangeError(f"{path.name}: two units of the transcript have the same id. Give each its own.")
    for row in rows:
        if row.cells["unit"] not in ids:
            raise ExchangeError(f"{path.name}, {row.place}: unit '{row.cells['unit']}' is not in the transcript.")
        for name, cell in row.cells.items():
            _check_label(path, row.place, name, cell)
    for unit in units:
        if not 0 <= unit.start < unit.end < math.inf or round(unit.start * 1000) == round(unit.end * 1000):
            raise ExchangeError(f"{path.name}, {unit.place}: ELAN needs a start and a later end, in seconds.")
        if _NOT_XML.search(unit.text):
            raise ExchangeError(f"{path.name}, {unit.place}: the text has a control character. Remove it.")
        _check_label(path, unit.place, "unit", unit.id)
        _check_label(path, unit.place, "speaker", unit.speaker)
    order = sorted(units, key=lambda unit: (unit.speaker, unit.start))
    for before, after in pairwise(order):
        if before.speaker == after.speaker and round(after.start * 1000) < round(before.end * 1000):
            raise ExchangeError(
                f"{path.name}, {after.place}: it begins before {before.place} of the same speaker ends, which a "
                "tier of ELAN cannot hold. Correct the times."
            )
    return units


def _check_label(path: Path, place: str, name: str, label: str) -> None:
    if not label.strip() or _UNPRINTABLE.search(label) or ("|" in label and name not in ("unit", "value")):
        raise ExchangeError(
            f"{path.name}, {place}: the {name} {label!r} is empty, or has a '|' or an unprintable character, which the "
            "name of a tier cannot have. Rename it."
        )
