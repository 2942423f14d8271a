"""The Vietnamese guides say only what is true: their commands exist, their words are the assistant's own."""

import re
from pathlib import Path

import pytest
import typer

from bot.__main__ import cli
from bot.dialog import answers, carrying_wording, reminder_wording, shared_wording, step_wording, table_wording, wording
from bot.dialog.understand import command
from bot.web import wording as desk

ROOT = Path(__file__).parents[1]
OFFICERS = (ROOT / "docs" / "huong-dan-can-bo.md").read_text(encoding="utf-8")
STAFF = (ROOT / "docs" / "huong-dan-co-quan-thuong-truc.md").read_text(encoding="utf-8")
TEMPLATES = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "bot" / "web" / "templates").glob("*.html"))


def resolve(words):
    """The command that these words begin with and what is left of them."""
    found = typer.main.get_command(cli)
    while words and words[0] in getattr(found, "commands", {}):
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize("line", re.findall(r"^(?:\S+=\S+ )?thidua (.+)$", STAFF, re.MULTILINE))
def test_every_command_of_the_staff_guide_exists_with_its_options(line):
    found, rest = resolve(re.findall(r'"[^"]*"|\S+', line))
    assert not hasattr(found, "commands"), f"no such command: {line}"
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in rest if re.fullmatch(r"-{1,2}[a-z]+", word)} <= known


@pytest.mark.parametrize("typed", sorted(set(re.findall(r"^\| `([^`]+)`|`(/\w+)`", OFFICERS, re.MULTILINE))))
def test_every_word_the_officer_may_type_is_understood(typed):
    assert command("".join(typed), in_form=True) is not None


def test_every_label_of_the_officer_guide_is_on_a_button_or_in_a_state():
    modules = (wording, carrying_wording, shared_wording, step_wording, table_wording, reminder_wording)
    words = {name: value for module in modules for name, value in vars(module).items()}
    labels = {value for name, value in words.items() if name.isupper() and isinstance(value, str)}
    labels |= set(wording.STATE.values())
    quoted = set(re.findall(r"(?<!\*)\*([^*\n]{2,60})\*(?!\*)", OFFICERS))
    assert quoted <= labels


def test_every_label_of_the_staff_guide_is_on_the_desk():
    quoted = set(re.findall(r"(?<!\*)\*([^*\n]{2,60})\*(?!\*)", STAFF))
    states = set(desk.SECTION_STATES.values())
    elsewhere = {"Nội dung", "Nội dung cần rà soát"}  # the field of a section without fields; the last page of a report
    assert {q for q in quoted - states - elsewhere if q not in TEMPLATES} == set()


def test_the_refusals_the_officer_guide_explains_are_what_the_assistant_says():
    said = " ".join([*answers.ANSWER.values(), *answers.CAVEAT.values()]).lower()
    for row in re.findall(r"^\| ([^|`]+) \| [^|]+ \|$", OFFICERS, re.MULTILINE)[1:]:
        if not row.startswith(("---", "Gõ")):
            assert row in said


@pytest.mark.parametrize("guide", [OFFICERS, STAFF])
def test_files_and_settings_the_guides_name_exist(guide):
    for path in re.findall(r"`((?:bot|knowledge|docs)/[\w./-]+)`", guide):
        assert (ROOT / path).exists(), path
    settings = (ROOT / "bot" / "config.py").read_text(encoding="utf-8")
    for name in re.findall(r"THIDUA_([A-Z_]+)", guide):
        assert f"{name.lower()}:" in settings, name
