"""The samples we ship: they are read without loss, the campaign quotes the letter, the handbook names its sources."""

import re
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from bot.campaign_file import CampaignFile, load, notices
from ingest.parse import parse
from knowledge.documents import Provision, contains, full_text

SAMPLES = Path(__file__).parents[2] / "knowledge" / "samples"
LETTER = "huong-dan-27-2026-suoi-ngan.txt"
HANDBOOK = "so-tay-01-2026.txt"
NUMBER = re.compile(r"\b\d{1,4}(?:/\d{4})?[/-](?:[A-ZĐ]+\d*)(?:[-/][A-ZĐ]+)*(?!\w)")


def text_of(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def outline(name: str) -> tuple[Provision, ...]:
    return parse(text_of(name)).provisions


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, object]]:
    entries = tomllib.loads((SAMPLES / "catalogue.toml").read_text(encoding="utf-8"))["document"]
    assert len({e["number"] for e in entries}) == len(entries), "a number is listed twice"
    return {e["number"]: e for e in entries}


@pytest.fixture(scope="module")
def opened() -> CampaignFile:
    return load(SAMPLES / "campaign.toml")


@pytest.mark.parametrize("name", [LETTER, HANDBOOK])
def test_texts_are_composed_unicode_and_no_line_is_lost(name):
    text = text_of(name)
    assert unicodedata.is_normalized("NFC", text)
    assert [line for p in outline(name) for line in p.text.split("\n")] == [x for x in text.split("\n") if x.strip()]


def test_the_catalogue_describes_every_text_and_nothing_else(catalogue):
    held = {e["file"] for e in catalogue.values() if e.get("held", True)}
    assert held == {p.name for p in SAMPLES.glob("*.txt")}


def test_the_letter_says_of_itself_what_the_catalogue_says(catalogue):
    header = parse(text_of(LETTER)).header
    entry = catalogue[header.number]
    assert (header.kind, header.issuer, header.issued) == (entry["kind"], entry["issuer"], entry["issued"])


def test_every_text_the_samples_name_is_in_the_catalogue(catalogue):
    named = {n for f in (LETTER, HANDBOOK) for n in NUMBER.findall(text_of(f))}
    replaced_long_ago = {"29/2023/TT-BGDĐT", "10/2024/TT-BGDĐT"}
    assert named - replaced_long_ago <= set(catalogue), "validity questions about these could not be answered"
    assert {"06/2022/QH15", "152/2025/NĐ-CP", "41-CT/TW"} <= named


def test_every_rule_of_the_handbook_names_its_source_or_tells_a_texts_own_validity():
    told_by_the_catalogue, unverified = "muc-I", "muc-XI"
    rules = [
        p
        for p in outline(HANDBOOK)
        if p.path.startswith("muc-") and p.heading is None and not contains(told_by_the_catalogue, p.path)
    ]
    without = [p.path for p in rules if not contains(unverified, p.path) and "(nguồn: " not in p.text]
    assert without == ["muc-VI/1/doan-1"], "only the absence of a national ratio has no single source"


def test_every_deadline_and_hint_of_the_campaign_is_quoted_from_its_place_in_the_letter(opened):
    provisions = outline(LETTER)
    for deadline in opened.campaign.deadlines:
        assert deadline.quote in full_text(provisions, deadline.path)
    for section in opened.campaign.sections:
        assert section.hint in full_text(provisions, section.path)
        heading = next(p.heading for p in provisions if p.path == section.path)
        assert heading is not None
        assert heading.startswith(section.title)


def test_the_sample_round_opens_without_doubts_and_lies_ahead(opened, catalogue):
    assert list(notices(opened.campaign, opened.units, opened.officers)) == []
    assert len(opened.units) == 2
    assert [o.code for o in opened.officers] == ["CB01", "CB02", "CB03"]
    entry = catalogue[opened.campaign.guidance]
    for deadline in opened.campaign.deadlines:
        assert date(2026, 11, 22) < deadline.due.date() <= entry["in_force_to"]


def test_only_the_school_is_asked_about_teaching(opened):
    asked = {unit.kind: {s.path for s in opened.campaign.form_for(unit.kind)} for unit in opened.units}
    assert asked["trường học"] - asked["phòng"] == {"muc-I/5"}
