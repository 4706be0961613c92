"""Files of other programs: what they hold arrives whole, and what is wrong with them is said with its place."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
import zipfile
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from pympi import Elan

from tests.conftest import ROOT
from widgets import codings, exchange
from widgets.exchange import ExchangeError, read_codings, read_transcript, write_codings

ROLES = {"Ines": "adult", "Dario": "client"}
SAID = [("Ines", "Wait. What was that like?"), ("Dario", "Fine."), ("Dario", 'She said: "no".')]

VTT = """WEBVTT Kind: captions

NOTE Invented.

1
00:00:01.000 --> 00:00:02.500 align:start
<v.first Ines>Wait.
What was that &amp; <i>how</i>?</v>

00:02.500 --> 00:04.000
<v Dario>Fine.</v> <v Ines>Fine?</v>
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
Ines: Wait.
What was <i>that</i> like?

2
00:00:02,500 --> 00:00:04,000
Dario: 3 < 4 and 5 > 4.
Ines: At 12:30?
"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table(*rows: tuple[object, ...], separator: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()


def word(path: Path, *blocks: str | list[tuple[str, ...]]) -> Path:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        made = document.add_table(len(block), len(block[0]))
        for row, cells in zip(made.rows, block, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    document.save(path)
    return path


def elan(path: Path) -> Path:
    """Write what a researcher might have: a tier a speaker, notes, and codes on a tier that hangs on a speaker's."""
    eaf = Elan.Eaf()
    eaf.add_linguistic_type("codes", "Symbolic_Association", timealignable=False)
    for tier in ("Ines", "Dario", "Notes"):
        eaf.add_tier(tier)
    eaf.add_tier("Component", "codes", parent="Ines")
    eaf.add_annotation("Dario", 2500, 4000, "Fine.")
    eaf.add_annotation("Ines", 1000, 2500, "Wait.")
    eaf.add_annotation("Notes", 0, 5000, "a door")
    eaf.add_ref_annotation("Component", "Ines", 1500, "FO")
    eaf.to_file(str(path))
    return path


def transcript(times: bool = True) -> pd.DataFrame:
    rows = [
        (f"u{n}", turn, name, ROLES[name], text, n * 1.5 if times else math.nan, n * 1.5 + 1 if times else math.nan)
        for n, (turn, (name, text)) in enumerate(zip((1, 2, 2), SAID, strict=True), 1)
    ]
    return pd.DataFrame(rows, columns=list(exchange.TRANSCRIPT))


def coded(coder: str = "river", **codes: str) -> pd.DataFrame:
    made = {unit: {"component": code} for unit, code in (codes or {"u1": "AF-r", "u3": "none"}).items()}
    return codings.from_codes(made, coder=coder, excerpt="tea", key_version=2, lens="components")


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(codings.COLUMNS), ignore_index=True)


# Transcripts


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_table_is_read_whatever_its_separator_and_mark(tmp_path: Path, separator: str, encoding: str) -> None:
    text = table(("Speaker", " text "), *SAID, separator=separator)
    path = put(tmp_path, "a.csv", text.encode(encoding))
    frame = read_transcript(path, roles=ROLES)
    pd.testing.assert_frame_equal(frame, transcript(times=False))


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "speaker,text\nZoë,Grüße\n".encode("cp1252"))
    with pytest.raises(ExchangeError, match=r'a\.csv, line 2: this is not UTF-8.*encoding="cp1252"'):
        read_transcript(path, roles={"Zoë": "adult"})
    assert read_transcript(path, roles={"Zoë": "adult"}, encoding="cp1252")["text"].tolist() == ["Grüße"]
    with pytest.raises(ExchangeError, match="'nonsense' is not an encoding"):
        read_transcript(path, roles={"Zoë": "adult"}, encoding="nonsense")
    path = put(tmp_path, "b.csv", "speaker,text\nZoë,Grüße\n".encode("utf-16-le"))
    assert read_transcript(path, roles={"Zoë": "adult"}, encoding="utf-16-le")["speaker"].tolist() == ["Zoë"]


def test_webvtt_keeps_voices_and_times(tmp_path: Path) -> None:
    frame = read_transcript(put(tmp_path, "a.vtt", VTT), roles=ROLES)
    assert frame["text"].tolist() == ["Wait. What was that & how?", "Fine.", "Fine?"]
    assert frame["speaker"].tolist() == ["Ines", "Dario", "Ines"]
    assert frame["turn"].tolist() == [1, 2, 3]
    assert frame["start"].tolist() == [1, 2.5, 2.5]
    assert frame["end"].tolist() == [2.5, 4, 4]


def test_subtitles_without_voices_have_names_before_a_colon(tmp_path: Path) -> None:
    frame = read_transcript(put(tmp_path, "a.srt", SRT.replace("\n", "\r\n")), roles=ROLES)
    assert frame["text"].tolist() == ["Wait. What was that like?", "3 < 4 and 5 > 4.", "At 12:30?"]
    assert frame["speaker"].tolist() == ["Ines", "Dario", "Ines"]
    zoom = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nInes: 3 &lt; 4\n"
    assert read_transcript(put(tmp_path, "a.vtt", zoom), roles=ROLES)["text"].tolist() == ["3 < 4"]


def test_word_paragraphs_and_tables_are_read_alike(tmp_path: Path) -> None:
    lines = word(tmp_path / "a.docx", *(f"{name}: {text}" for name, text in SAID), "")
    rows = word(tmp_path / "b.docx", [("Speaker", "Text"), *SAID])
    for path in (lines, rows):
        pd.testing.assert_frame_equal(read_transcript(path, roles=ROLES), transcript(times=False))


def test_elan_is_read_in_the_order_of_time_and_by_its_own_ids(tmp_path: Path) -> None:
    frame = read_transcript(elan(tmp_path / "a.eaf"), roles=ROLES | {"Notes": None})
    assert frame[["speaker", "text", "start"]].values.tolist() == [["Ines", "Wait.", 1], ["Dario", "Fine.", 2.5]]
    made = read_codings(
        tmp_path / "a.eaf",
        tiers={"Component": "component"},
        given={"coder": "river", "excerpt": "mine", "key_version": 1, "lens": "components", "round": 1},
    )
    assert made.iloc[0].tolist() == ["river", "mine", 1, "components", 1, frame["unit"][0], "component", "FO"]


def test_a_speaker_is_mapped_left_out_or_an_error(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", table(("speaker", "text"), *SAID, ("Interpreter", "")))
    with pytest.raises(ExchangeError, match=r"a\.csv, line 5: .*'Interpreter' has no role.*'Ines', 'Dario', 'Interp"):
        read_transcript(path, roles=ROLES)
    assert len(read_transcript(path, roles=ROLES | {"Interpreter": None})) == 3
    with pytest.raises(ExchangeError, match="'Ines' must be 'adult', 'client' or None"):
        read_transcript(path, roles=ROLES | {"Ines": "therapist"})  # type: ignore[dict-item]
    with pytest.raises(ExchangeError, match="every speaker in it is left out"):
        read_transcript(path, roles=dict.fromkeys((*ROLES, "Interpreter")))


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
awkward = st.sampled_from(['"', "a\nb", "x\r\ny", "שלום, 'עולם'", "\u200fمرحبا; كيف", "=1+1", "'=x", "a\tb", "-", "'"])
seconds = st.integers(0, 10**7).map(lambda n: n / 1000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(ROLES)), anything | awkward, seconds), min_size=1, max_size=5))
def test_a_transcript_survives_csv(said: list[tuple[str, str, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.csv", table(("speaker", "text", "start"), *said))
        frame = read_transcript(path, roles=ROLES)
        assert list(frame[["speaker", "text", "start"]].itertuples(index=False, name=None)) == said
        put(Path(folder), "b.csv", table(exchange.TRANSCRIPT, *frame.astype(object).fillna("").values.tolist()))
        pd.testing.assert_frame_equal(read_transcript(Path(folder, "b.csv"), roles=ROLES), frame)


# Codings


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(anything | awkward, anything | awkward, min_size=1, max_size=4), anything | awkward)
def test_codings_survive_csv(codes: dict[str, str], coder: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        write_codings(coded(coder, **codes), path)
        pd.testing.assert_frame_equal(read_codings(path), coded(coder, **codes))


label = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="|"), min_size=1)
label = (label | st.sampled_from(["שלום", '"', "a & <b>", " x "])).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(label, label), min_size=1, max_size=3, unique_by=lambda pair: pair[0]), label)
def test_codings_survive_elan(pairs: list[tuple[str, str]], text: str) -> None:
    spoken = transcript()
    spoken["text"] = [text, f"{text}\n{text}", '"<&>"']
    frame = pd.concat(
        [coded(coder, u1=value) for coder, value in pairs] + [coded(pairs[0][0], u3="none").assign(round=2)]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.eaf")
        write_codings(frame, path, transcript=spoken)
        pd.testing.assert_frame_equal(ordered(read_codings(path)), ordered(frame))
        pd.testing.assert_frame_equal(read_transcript(path, roles=ROLES), spoken)


def test_the_coders_own_export_is_read_and_ours_by_its_reader(tmp_path: Path) -> None:
    coded("=me").to_csv(tmp_path / "plain.csv", index=False)
    write_codings(coded("=me"), tmp_path / "ours.csv")
    text = (tmp_path / "ours.csv").read_text("utf-8-sig")
    assert "'=me," in text, "a spreadsheet would take it for a formula"
    for name in ("plain.csv", "ours.csv"):
        assert read_codings(tmp_path / name).equals(coded("=me"))
    assert codings.read(tmp_path / "ours.csv")["value"].tolist() == ["AF-r", "none"]


def test_what_a_file_of_codings_does_not_say_is_given(tmp_path: Path) -> None:
    rows = [("unit", "column", "value"), ("u1", "component", "AF-r"), ("u3", "component", "none")]
    given = {"coder": "river", "excerpt": "tea", "key_version": 2, "lens": "components", "round": 1}
    put(tmp_path, "a.csv", table(*rows))
    word(tmp_path / "a.docx", "Codes of a fictional class", rows)
    for name in ("a.csv", "a.docx"):
        pd.testing.assert_frame_equal(read_codings(tmp_path / name, given=given), coded())
    with pytest.raises(ExchangeError, match=r"line 1 .*: the columns coder, excerpt.* are missing"):
        read_codings(tmp_path / "a.csv")
    with pytest.raises(ExchangeError, match="'unit' is in the file and in given="):
        read_codings(tmp_path / "a.csv", given=given | {"unit": "u1"})
    with pytest.raises(ExchangeError, match="has 'rater'"):
        read_codings(tmp_path / "a.csv", given={"rater": "river"})


def test_elan_gets_a_tier_a_speaker_and_a_tier_a_coder(tmp_path: Path) -> None:
    write_codings(pd.concat([coded(), coded("stone", u1="FO")]), tmp_path / "a.eaf", transcript=transcript())
    eaf = Elan.Eaf(tmp_path / "a.eaf", suppress_version_warning=True)
    assert list(eaf.tiers) == [
        "Ines",
        "Dario",
        "unit | Ines",
        "unit | Dario",
        "component | river | components | round 1 | tea | key 2 | Ines",
        "component | river | components | round 1 | tea | key 2 | Dario",
        "component | stone | components | round 1 | tea | key 2 | Ines",
    ]
    times = list(eaf.timeslots.values())
    assert times == sorted(times)
    assert {tier[2].get("PARENT_REF") for tier in list(eaf.tiers.values())[2:]} == {"Ines", "Dario"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.eaf"], "no backup is left behind"


@pytest.mark.parametrize(
    ("name", "frame", "spoken", "words"),
    [
        ("a.xlsx", coded(), None, "written as .csv or .eaf"),
        ("a.csv", coded().drop(columns="coder"), None, "lacks the columns coder"),
        ("a.csv", coded().iloc[:0], None, "nothing to write"),
        ("a.csv", coded().assign(value=["FO", None]), None, "row 2: a value is missing"),
        ("a.csv", coded().assign(unit="u1"), None, "row 2: unit 'u1', column 'component' of coder 'river' has"),
        ("a.eaf", coded(), None, "Give transcript="),
        ("a.eaf", coded(u9="FO"), transcript(), "row 1: unit 'u9' is not in the transcript"),
        ("a.eaf", coded("a|b"), transcript(), "the coder 'a|b' is empty, or has a '|'"),
        ("a.eaf", coded(u1="\x01"), transcript(), "unprintable"),
        ("a.eaf", coded(), transcript(times=False), "unit 'u1': ELAN needs a start and a later end"),
        ("a.eaf", coded(), transcript().assign(end=9.0), "unit 'u3': it begins before unit 'u2'"),
        ("a.eaf", coded(), transcript().assign(unit="u1"), "same id"),
        ("a.eaf", coded(), transcript().assign(text="\x02"), "control character"),
        ("a.eaf", coded(), transcript().drop(columns="end"), "lacks the columns end"),
        ("a.eaf", coded().assign(excerpt=["a", "b"]), transcript(), "several excerpts"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, name: str, frame: pd.DataFrame, spoken: pd.DataFrame | None, words: str
) -> None:
    with pytest.raises(ExchangeError, match=re.escape(words)) as caught:
        write_codings(frame, tmp_path / name, transcript=spoken)
    assert name in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a day's work")
    with pytest.raises(ExchangeError, match="there already"):
        write_codings(coded(), path)
    assert path.read_text() == "a day's work"


# Wrong files


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF", "files that can be read end in .csv, .tsv"),
        ("a.doc", b"x", "save it as .docx"),
        *((f"a.{kind}", b"", "the file is empty") for kind in ("csv", "tsv", "vtt", "srt", "eaf", "docx")),
        ("a.csv", b"\xef\xbb\xbf \n", "the file is empty"),
        ("a.csv", b"speaker,text\nInes,a\0b\n", "line 2: this is not a text file"),
        ("a.csv", "\ufeffspeaker,text\nInes,a\0b\n", "line 2: this is not a text file"),
        ("a.csv", b"\xff\xfea", "line 1: this is not utf-16"),
        ("a.csv", "speaker|text\nInes|Hi\n", "line 1 ('speaker|text'): the columns are not separated by commas or"),
        ("a.csv", "Ines,Hi\nDario,Hi\n", "line 1 ('Ines,Hi'): there is no header"),
        ("a.csv", "speaker,words\nInes,Hi\n", "the columns text are missing"),
        ("a.csv", "speaker,text,text\nInes,Hi,Hi\n", "line 1: the column 'text' stands here twice"),
        ("a.csv", "speaker,text\n", "line 1: there are no rows below the header"),
        ("a.csv", "speaker,text\nInes,Hi\nDario\n", "line 3: 1 cells, but the header has 2"),
        ("a.csv", 'speaker,text\nInes,"Hi\nDario,Hi\n', "line 2: this row cannot be read"),
        ("a.csv", 'speaker,text\n\nInes,"Hi\nthere"\nDario,\n', "line 5: there is no text"),
        (
            "a.csv",
            "speaker,text,unit\nInes,Hi,u1\nInes,Hi,u1\n",
            "line 3: the unit id 'u1' is empty or not the only one",
        ),
        ("a.csv", "speaker,text,unit\nInes,Hi,u1\nInes,Hi,\n", "line 3: the unit id '' is empty or not the only one"),
        ("a.csv", 'speaker,text,start\nInes,Hi,"1,5"\n', "line 2: start and end are seconds"),
        ("a.csv", "speaker,text,start,end\nInes,Hi,2,1\n", "line 2: the end lies before the start"),
        ("a.vtt", SRT, "line 1: a WebVTT file begins with the word WEBVTT"),
        ("a.vtt", "WEBVTT\n\nNOTE nothing\n", "there is no cue"),
        ("a.vtt", VTT.replace("00:00:02.500 align", "00:00:02,500 align"), "line 6: the times are not of the form"),
        ("a.vtt", VTT.split("<v Dario>")[0], "line 10: this cue has no text. Is the file cut off here?"),
        ("a.vtt", VTT.replace("</v> <v Ines>", "</v> "), "line 10: 'Fine?' has no voice"),
        ("a.vtt", VTT.replace("<v Ines>Fine?", "<v>Fine?"), "line 10: 'Fine?' has no voice"),
        ("a.vtt", VTT.replace("00:02.500 -->", "00:99.500 -->"), "line 10: the times"),
        ("a.vtt", VTT.replace("</v>\n\n00:02", "</v>\n00:02"), "a cue cannot be read"),
        ("a.srt", "Not a subtitle at all.", "there is no cue"),
        ("a.srt", SRT.replace("2\n00:00:02", "00:00:02"), "line 6: there is no number in the line above"),
        ("a.srt", SRT.replace("00:00:04,000", "00:00:04"), "line 7: the times are not of the form"),
        ("a.srt", SRT.replace("Dario: 3", "3"), "line 7: '3 < 4 and 5 > 4.' has no speaker"),
        ("a.srt", SRT.replace("Ines: At", "Someone: At"), "line 7: the speaker 'Someone' has no role"),
        ("a.eaf", "not XML", "line 1: this is cut off or is not XML"),
        ("a.eaf", "<svg/>", "line 1: this is XML, but not of ELAN"),
        ("a.eaf", "<ANNOTATION_DOCUMENT/>", "something that ELAN writes is missing"),
        ("a.docx", "Ines: Hi", "this is not a Word .docx"),
    ],
)
def test_a_wrong_file_is_named_with_its_place_and_the_mend(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    with pytest.raises(ExchangeError, match=re.escape(words)) as caught:
        read_transcript(put(tmp_path, name, content), roles=ROLES)
    assert str(caught.value).startswith(name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=r"a\.csv: there is no such file"):
        read_transcript(tmp_path / "a.csv", roles=ROLES)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((), "there is no text"),
        (("Session one", "Ines: Hi"), "paragraph 1: 'Session one' has no speaker"),
        (("Ines: Hi", "Dario:"), "paragraph 2: there is no text"),
        (([("Ines", "Hi")],), "table 1, row 1: the first row must name the columns speaker, text"),
        (([("speaker", "text"), ("Ines", "")],), "table 1, row 2: there is no text"),
    ],
)
def test_a_wrong_word_file_is_named_by_paragraph_or_row(tmp_path: Path, blocks: tuple[str, ...], words: str) -> None:
    with pytest.raises(ExchangeError, match=words):
        read_transcript(word(tmp_path / "a.docx", *blocks), roles=ROLES)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<w:ins><w:r><w:t> not</w:t></w:r></w:ins>", "tracked changes"),
        ("<w:sdt><w:sdtContent><w:r><w:t> not</w:t></w:r></w:sdtContent></w:sdt>", "a form field"),
    ],
)
def test_text_that_would_be_lost_from_word_is_an_error(tmp_path: Path, inside: str, words: str) -> None:
    document = docx.Document()
    document.add_paragraph("Ines: I do")._p.append(parse_xml(inside.replace(">", f" {nsdecls('w')}>", 1)))
    document.save(tmp_path / "a.docx")
    with pytest.raises(ExchangeError, match=words):
        read_transcript(tmp_path / "a.docx", roles=ROLES)


def test_elan_files_without_what_is_needed_say_so(tmp_path: Path) -> None:
    path = elan(tmp_path / "a.eaf")
    text = path.read_text()
    given = {"coder": "river", "excerpt": "mine", "key_version": 1, "lens": "components", "round": 1}
    with pytest.raises(ExchangeError, match=r"no tier holds codings.*Tiers: .*'Component'"):
        read_codings(path)
    with pytest.raises(ExchangeError, match="there is no tier 'Stance'"):
        read_codings(path, tiers={"Stance": "stance"})
    with pytest.raises(ExchangeError, match="tier 'Notes': this tier does not hang on a speaker's tier"):
        read_codings(path, tiers={"Notes": "component"}, given=given)
    with pytest.raises(ExchangeError, match="does not say coder, excerpt"):
        read_codings(path, tiers={"Component": "component"})
    with pytest.raises(ExchangeError, match=r"encoding= is for text files"):
        read_codings(path, encoding="utf-8")
    with pytest.raises(ExchangeError, match=r"tier 'Component', annotation '.*': 'value' is empty"):
        read_codings(put(tmp_path, "b.eaf", text.replace(">FO<", "><")), tiers={"Component": "component"}, given=given)
    twice = text.replace('TIER_ID="Dario"', 'TIER_ID="Ines"')
    with pytest.raises(ExchangeError, match=r"line \d+: the TIER 'Ines' stands here twice"):
        read_transcript(put(tmp_path, "c.eaf", twice), roles=ROLES)
    circle = re.sub(r'(ANNOTATION_ID="(\w+)" ANNOTATION_REF=)"\w+"', r'\1"\2"', text)
    with pytest.raises(ExchangeError, match="it belongs to no unit"):
        read_codings(put(tmp_path, "d.eaf", circle), tiers={"Component": "component"}, given=given)
    untimed = re.sub(r' TIME_VALUE="2500"', "", text)
    with pytest.raises(ExchangeError, match="its times are missing"):
        read_transcript(put(tmp_path, "e.eaf", untimed), roles=ROLES | {"Notes": None})


@pytest.mark.parametrize("kind", ["eaf", "docx", "csv", "vtt", "srt"])
def test_a_file_cut_off_anywhere_is_read_or_refused_in_words(tmp_path: Path, kind: str) -> None:
    whole = {
        "eaf": lambda: elan(tmp_path / "whole.eaf").read_bytes(),
        "docx": lambda: word(tmp_path / "whole.docx", "Ines: Hi").read_bytes(),
        "csv": lambda: table(("speaker", "text"), *SAID).encode(),
        "vtt": lambda: VTT.encode(),
        "srt": lambda: SRT.encode(),
    }[kind]()
    for end in range(0, len(whole), max(1, len(whole) // 150)):
        path = put(tmp_path, f"a.{kind}", whole[:end])
        try:
            read_transcript(path, roles=ROLES | {"Notes": None})
        except ExchangeError:
            continue
        assert kind in ("csv", "vtt", "srt"), "an archive or XML that is cut off cannot be whole"


# Harmful files

LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, "a.eaf", LAUGHS.encode(encoding))
    with pytest.raises(ExchangeError, match=r"a\.eaf, line 2: this file has a DOCTYPE"):
        read_transcript(path, roles=ROLES)
    outside = LAUGHS.replace('"ha"', f'SYSTEM "{put(tmp_path, "secret.txt", "secret").as_uri()}"')
    with pytest.raises(ExchangeError, match="DOCTYPE"):
        read_codings(put(tmp_path, "b.eaf", outside))


def test_a_document_type_in_word_is_refused(tmp_path: Path) -> None:
    word(tmp_path / "whole.docx", "Ines: Hi")
    with zipfile.ZipFile(tmp_path / "whole.docx") as whole, zipfile.ZipFile(tmp_path / "a.docx", "w") as made:
        for name in whole.namelist():
            made.writestr(name, LAUGHS if name == "word/document.xml" else whole.read(name))
    with pytest.raises(ExchangeError, match=r"a\.docx \(word/document\.xml\), line 2: this file has a DOCTYPE"):
        read_transcript(tmp_path / "a.docx", roles=ROLES)


def test_a_file_that_is_too_large_packed_or_unpacked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="larger than the limit of 20 MB"):
        read_transcript(put(tmp_path, "a.csv", b"a" * (exchange.LIMIT + 1)), roles=ROLES)
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b" " * (exchange.LIMIT + 1))
    assert (tmp_path / "a.docx").stat().st_size < 100_000
    with pytest.raises(ExchangeError, match="unpacked it is larger than the limit of 20 MB"):
        read_transcript(tmp_path / "a.docx", roles=ROLES)


def test_another_archive_is_not_taken_for_word(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as made:
        made.writestr("hello.txt", "Ines: Hi")
    with pytest.raises(ExchangeError, match=r"a\.docx: this \.docx lacks parts of a Word document"):
        read_transcript(tmp_path / "a.docx", roles=ROLES)


# The page


def test_the_examples_of_the_page_run_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "book" / "laboratory" / "exchange.md").read_text(encoding="utf8")
    put(tmp_path, "session.csv", re.search(r"^speaker,text.*?(?=```)", page, re.DOTALL | re.MULTILINE)[0])
    put(tmp_path, "session.vtt", VTT.replace("Ines", "T").replace("Dario", "C"))
    word(tmp_path / "session.docx", "T: Wait. What was that like?", "C: Fine, I suppose.")
    text = elan(tmp_path / "session.eaf").read_text()
    put(tmp_path, "session.eaf", text.replace('"Ines"', '"T"').replace('"Dario"', '"C"'))
    put(tmp_path, "codes.csv", "unit,column,value\nu1,component,AF-r\n")
    monkeypatch.chdir(tmp_path)
    names: dict[str, pd.DataFrame] = {}
    for example in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(example, names)
    assert len(names["session"]) == len(names["typed"]) == len(names["annotated"]) == 2
    assert names["stone"]["value"].tolist() == ["FO"]
    assert read_codings("river.eaf").equals(names["river"])
    assert read_transcript("river.eaf", roles=names["roles"]).equals(names["session"])
