"""Any encoding, delimiter and spreadsheet is read; what would fill the memory is refused before it is opened."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from include.analytics.imports import files, percents
from include.analytics.imports.files import ImportRefused
from tests.analytics.imports.conftest import Bring, kept
from tests.publishing.rows import an_account

TEXT = "Título;Fecha;Vistas\nCanción ñ;2026-10-01;5\n"


def a_sheet(*rows: list[Any], formulas: dict[str, str] | None = None) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, formula in (formulas or {}).items():
        sheet[cell] = formula
    book.save(file)
    return file.getvalue()


def put(tmp_path: Path, content: bytes, name: str = "f.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", ";,\t|")
def test_encodings_and_delimiters_are_recognised(tmp_path: Path, encoding: str, delimiter: str):
    content = TEXT.replace(";", delimiter).encode(encoding)
    (sheet,) = files.read(put(tmp_path, content)).sheets
    assert sheet.rows == [(1, ("Título", "Fecha", "Vistas")), (2, ("Canción ñ", "2026-10-01", "5"))]


def test_excels_own_word_about_the_delimiter_is_taken(tmp_path: Path):
    (sheet,) = files.read(put(tmp_path, b"sep=;\na,b;c\n1;2\n")).sheets
    assert sheet.rows == [(2, ("a,b", "c")), (3, ("1", "2"))]


def test_line_breaks_and_delimiters_in_quotes_stay_in_their_cell(tmp_path: Path):
    (sheet,) = files.read(put(tmp_path, b'title,views\n"a\nb, c",5\nlast,6\n')).sheets
    assert sheet.rows == [(1, ("title", "views")), (2, ("a\nb, c", "5")), (4, ("last", "6"))]


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(ImportRefused, match="1,024 MiB"):
        files.read(path)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    assert time.monotonic() - started < 0.5
    tracemalloc.stop()


@pytest.mark.parametrize("mebibytes", [100, 300])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, mebibytes: int):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(mebibytes):
                part.write(bytes(1 << 20))
    assert len(file.getvalue()) < 1 << 20
    tracemalloc.start()
    with pytest.raises(ImportRefused, match=f"would unpack to {mebibytes} MiB"):
        files.read(put(tmp_path, file.getvalue(), "bomb.xlsx"))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_zip_that_lies_about_its_size_is_never_unpacked_beyond_it(tmp_path: Path):
    file = io.BytesIO(a_sheet(["title", "views"], ["a" * 5000, 1]))
    raw = bytearray(file.getvalue())
    place = raw.rfind(b"PK\x01\x02")
    assert place > 0
    raw[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(ImportRefused, match=r"cannot be read|broken"):
        files.read(put(tmp_path, bytes(raw), "liar.xlsx"))


def test_entities_that_grow_are_refused(tmp_path: Path):
    good = zipfile.ZipFile(io.BytesIO(a_sheet(["title", "views"], ["a", 1])))
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    ) + "]>"  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in good.namelist():
            text = good.read(name)
            packed.writestr(name, laughs.encode() + b"<worksheet>&j;</worksheet>" if "sheet1" in name else text)
    with pytest.raises(ImportRefused, match="cannot be read"):
        files.read(put(tmp_path, file.getvalue(), "laughs.xlsx"))


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"PK\x03\x04broken", "broken or cut off"), (b"\xd0\xcf\x11\xe0rest", "old Excel file"),
     (b"a,b\x00c", "no text file"),
     (b"\xff\xfea", "is not")],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_what_would_help(tmp_path: Path, content: bytes, why: str):
    with pytest.raises(ImportRefused, match=why):
        files.read(put(tmp_path, content, "f.xlsx"))


def test_an_archive_of_csv_files_is_said_to_be_one(tmp_path: Path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("Table data.csv", "a,b")
    with pytest.raises(ImportRefused, match="unpack it"):
        files.read(put(tmp_path, file.getvalue(), "f.zip"))


def test_a_spreadsheets_dates_and_numbers_need_no_convention(bring: Bring):
    an_account("alice", "tt", "tiktok")
    rows = (["TikTok Studio"], [], ["Video ID", "Date", "Estimated rewards"], ["v1", date(2026, 3, 4), 1.234],
            ["Total", None, 1.234])  # fmt: skip
    told = bring("tiktok_rewards", a_sheet(*rows), name="f.xlsx")
    assert (told.rows_imported, [each.reason for each in told.rows_skipped]) == (1, ["total row"])
    assert str(kept("market.tiktok_reward")[0]["rewards"]) == "1.234"


def a_sheet_of_rates(*cells: tuple[Any, str]) -> bytes:
    """Return a table of YouTube Studio with one click rate a row, each in its own number format."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["Content", "Date", "Views", "Impressions click-through rate (%)", "Their own rate"])
    for number, (value, shown_as) in enumerate(cells, 2):
        sheet.append([f"v{number - 1}", "2026-10-01", number, value, value])
        for column in (4, 5):
            sheet.cell(number, column).number_format = shown_as
    book.save(file)
    return file.getvalue()


def test_a_percent_cell_is_what_it_shows(bring: Bring):
    cells = ((0.42, "0.00%"), (4.2, "General"), (0.07, "0%"), (1, "0%;[Red]-0%"), (5, '0.0"%"'), (1.234, "0.00%"))
    told = bring("youtube_studio", a_sheet_of_rates(*cells), name="f.xlsx")
    assert told.questions == []
    rows = sorted(kept("market.youtube_studio_row"), key=lambda row: row["video_id"])
    assert [float(row["click_rate"]) for row in rows] == [0.42, 0.042, 0.07, 1, 0.05, 1.234]
    assert [row["extra"]["Their own rate"] for row in rows] == ["42%", "4.2", "7%", "100%", "5", "123.4%"]


@pytest.mark.parametrize(
    ("shown_as", "is_percent"),
    [("0%", True), ("0.00 %", True), ("#,##0.0%;-#,##0.0%", True), ("General", False), ('0"%"', False),
     (r"0\%", False), ("0_%", False), ('[>1]"a lot";0%', True), ("[%]0", False)],
)  # fmt: skip
def test_a_percent_sign_that_is_mere_text_multiplies_nothing(shown_as: str, is_percent: bool):
    assert percents.is_percent(shown_as) is is_percent


def test_a_formula_without_a_value_costs_its_row_and_no_other(bring: Bring):
    an_account("alice", "tt", "tiktok")
    rows = (
        ["Video ID", "Date", "Rewards"],
        ["v1", "2026-10-01", 1],
        ["v2", "2026-10-01", None],
        ["v3", "2026-10-01", 3],
    )
    told = bring("tiktok_rewards", a_sheet(*rows, formulas={"C3": "=C2*2"}), name="f.xlsx")
    assert (told.rows_imported, len(told.rows_skipped)) == (2, 1)
    assert "is a formula without a value" in told.rows_skipped[0].reason


def test_an_id_that_a_spreadsheet_rounded_costs_its_row(bring: Bring):
    an_account("alice", "tt", "tiktok")
    rows = (
        ["Video ID", "Date", "Rewards"],
        [7411111111111111111, "2026-10-01", 1],
        ["7411111111111111112", "2026-10-01", 1],
    )
    told = bring("tiktok_rewards", a_sheet(*rows), name="f.xlsx")
    assert "was rounded by the spreadsheet" in told.rows_skipped[0].reason
    assert [row["video_id"] for row in kept("market.tiktok_reward")] == ["7411111111111111112"]
    told = bring("tiktok_rewards", "Video ID,Date,Rewards\n7.41111E+18,2026-10-01,1\n")
    assert told.rows_imported == 0


def test_a_file_of_another_kind_names_what_was_looked_for_and_found(bring: Bring):
    with pytest.raises(ImportRefused, match=r"such as 'title_id'.*such as 'amount'; it has 'colour', 'taste'"):
        bring("costs", "colour,taste\nred,sweet\n")


def test_a_list_of_objects_is_a_table_wherever_it_stands(bring: Bring):
    keywords = {"total": 2, "data": {"related": [{"x": 1}], "keywords": [
        {"keyword": "sea", "search volume": 1234, "country": "ES"},
        {"keyword": "a day", "country": "US", "trend": [1, 2], "overall score": 55.5},
    ]}}  # fmt: skip
    told = bring("vidiq", json.dumps(keywords), name="keywords.json")
    assert (told.rows_imported, told.questions) == (2, [])
    sea, day = sorted(kept("market.keyword"), key=lambda row: row["keyword"], reverse=True)
    assert (sea["search_volume"], sea["country"], sea["overall_score"]) == (1234, "ES", None)
    assert (str(day["overall_score"]), day["search_volume"], day["extra"]) == ("55.5", None, {"trend": "[1, 2]"})
    told = bring("tubebuddy", json.dumps([{"video id": 7411111111111111111, "seo score": 7}, {"video id": "v2"}]))
    assert [row["video_id"] for row in kept("market.video_score")] == ["7411111111111111111"]
    assert [(each.row, each.line) for each in told.rows_skipped] == [(2, 2)]


@pytest.mark.parametrize("content", ["[" * 100_000, "{}", "[]", "[1, 2]", '{"a": NaN', "[1, {}]"])
def test_json_without_a_list_of_objects_is_refused_as_any_other_file(bring: Bring, content: str):
    with pytest.raises(ImportRefused):
        bring("vidiq", content, name="f.json")


def test_a_csv_file_whose_first_name_stands_in_brackets_is_none_of_json(tmp_path: Path):
    (sheet,) = files.read(put(tmp_path, b"[title],views\na,5\n")).sheets
    assert sheet.rows == [(1, ("[title]", "views")), (2, ("a", "5"))]
