"""What the README says about the tree and the settings is so, and no module has outgrown its reader."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.config import Settings

ROOT = Path(__file__).parents[1]
MODULES = sorted(p for package in ("bot", "ingest", "knowledge") for p in (ROOT / package).rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_can_be_read_at_one_sitting(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(module):
    text = module.read_text(encoding="utf-8")
    assert not text.strip() or text.lstrip().startswith('"""')


def test_the_settings_table_is_the_code():
    in_code = {f"THIDUA_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    in_readme = dict(re.findall(r"^\| `(THIDUA_\w+)` \| .*? \| (.*?) \|$", README, re.MULTILINE))
    assert in_readme == in_code


def test_every_default_in_the_settings_table_is_the_code():
    defaults = dict(re.findall(r"^\| `THIDUA_(\w+)` \| `(.*?)` \|", README, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert defaults[name.upper()] == str(field.default)


def test_every_folder_of_the_tree_in_the_readme_exists():
    tree = re.search(r"```\n(bot/.*?)```", README, re.DOTALL)
    assert tree
    top = ""
    for line in tree[1].splitlines():
        name = line.split()[0] if line.strip() else ""
        if not line.startswith(" "):
            top = name
        elif name and not name.startswith("("):
            assert (ROOT / top / name).exists(), f"{top}{name}"


def test_nothing_committed_names_this_machine_or_an_index():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True).stdout
    names = [ROOT / name for name in tracked.split("\0") if name]
    if not names:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"index-url|/root/|/work/(?:main|shared)|https?://[^\s\"]*/simple\b")
    for path in names:
        if path.is_file() and path.suffix in {".py", ".toml", ".md", ".txt", ".html", ".js", ".css", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert path == Path(__file__) or not forbidden.search(text), path
