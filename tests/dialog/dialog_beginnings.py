"""Interesting beginnings of a world, what happens around the officer, and what is to be looked at afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialog_past import PAST, PAST_TABLES
from dialog_world import CAMPAIGN, COLLEAGUE, COMMUNE, LEADER, OFFICER, OTHER, TABLES, UNIT, WHOLE_REPORT, World

from bot.dialog.conversation import Conversation
from bot.dialog.form import Form
from bot.dialog.turn import LookUp, Say
from bot.submissions import Editing, Entry, SectionState, answered, sent_back, submitted


def world(kind):
    """A world at one of its interesting beginnings."""
    new = World(linked=kind != "stranger", campaigns=(CAMPAIGN, OTHER) if kind == "two" else (CAMPAIGN,))
    if kind == "tables":
        new.campaigns = (TABLES,)
    if kind == "whole":
        new.campaigns, new.unit = (WHOLE_REPORT,), COMMUNE
    if kind in {"led", "leader"}:
        new.colleagues, new.campaigns = (OFFICER, COLLEAGUE, LEADER), (replace(CAMPAIGN, approval=True),)
    if kind.startswith("past"):
        new.past = (PAST, PAST_TABLES)
        new.campaigns = (TABLES,) if kind == "past tables" else (CAMPAIGN,)
    if kind in {"form", "full", "tables", "whole", "led", "leader", "past", "past tables"}:
        new.says("/nop")
    if kind in {"full", "led", "leader"}:
        for text in ("sửa 1", "Đã phổ biến 03 văn bản.", "không có", "Trồng 500 cây xanh.", "không có"):
            new.says(text)
    if kind == "leader":
        new.says("nộp")
        new.says("Trình lãnh đạo")
        new.turn_to(LEADER)
    return new


def meanwhile(w, what):
    """What happens outside this conversation."""
    if what in {"close", "open"}:
        all_there_are = w.shut or w.campaigns
        w.campaigns, w.shut = ((), all_there_are) if what == "close" else (all_there_are, ())
    elif what in {"link", "unlink"}:
        w.linked = what == "link"
    elif what in {"staff", "by link", "fetch"}:
        name = what.replace(" ", "_").replace("fetch", "fetches")
        setattr(w, name, not getattr(w, name))
    elif what == "takes":
        place = (CAMPAIGN.id, w.conversation.section)
        if w.editing.get(place) is None:
            until = w.now + timedelta(minutes=15)
            w.editing[place] = Editing(CAMPAIGN.id, UNIT.code, place[1], COLLEAGUE.code, w.now, until)
    elif held := w.submissions.get(CAMPAIGN.id):
        changed = by_others(held, what, Entry(w.now, "ai đó", "việc"))
        w.submissions[CAMPAIGN.id] = replace(changed, revision=held.revision + 1)


def by_others(held, what, entry):
    """The submission after staff or a colleague acted, if they may now."""
    if what == "return" and held.state == "submitted":
        return sent_back(held, {CAMPAIGN.sections[0].path: "bổ sung số liệu"}, entry)
    if what == "return" and held.state == "proposed":
        return sent_back(held, {CAMPAIGN.sections[2].path: "nêu rõ"}, entry)
    if what == "colleague" and held.state == "draft":
        old = held.filled("muc-I/3").values.get("noi_dung", "")
        return answered(held, "muc-I/3", "noi_dung", f"{old}\nĐồng nghiệp ghi.".strip(), SectionState.DONE, entry)
    if what == "submit" and held.state == "proposed":
        return submitted(held, "2026-COLLEA", entry)
    if what == "submit" and not held.locked and not Form(CAMPAIGN, UNIT.kind, held).missing:
        return submitted(held, "2026-COLLEA", entry)
    return held


def marked(w):
    """The sections that count as done although an asked answer of theirs is an earlier year's."""
    forms = (
        Form(campaign, UNIT.kind, held)
        for campaign in (CAMPAIGN, TABLES)
        if (held := w.submissions.get(campaign.id)) and held.version == campaign.version
    )
    return [
        (form.campaign.id, section.path)
        for form in forms
        for section in form.sections
        if form.carried(section) and (form.settled(section) or form.submission.handed_in)
    ]


def in_group(w, text):
    """Somebody says it in a group, which has a conversation of its own."""
    private, w.conversation = w.conversation, Conversation()
    turn = w.says(text, group=True)
    assert turn.conversation == Conversation(
        turn=turn.conversation.turn, asked=turn.conversation.asked, answered=turn.conversation.answered
    )
    assert all(isinstance(e, LookUp) or (isinstance(e, Say) and not e.choices) for e in turn.effects)
    w.conversation = private
    return turn


def attached(w):
    return {
        (campaign, path, file.id)
        for campaign, submission in w.submissions.items()
        for path, filled in submission.sections.items()
        for file in filled.files
    }


def values(w):
    return {
        (campaign, path, key): value
        for campaign, submission in w.submissions.items()
        for path, filled in submission.sections.items()
        for key, value in filled.values.items()
    }
