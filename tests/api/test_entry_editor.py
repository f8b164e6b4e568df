"""The text of one entry as one person edits it, without a browser."""

import asyncio
from threading import get_ident

from api.web.entry_editor import EntryEditor
from api.web.shell import Viewer
from engine.knowledge_base.form_kinds import entry_form
from engine.knowledge_base.forms import FormField
from rules.document import Place, parse_document
from tests.api.support import House, run_apart


async def opened(house: House, entry: str) -> EntryEditor:
    actor = house.installation.users.get("pr")
    assert actor is not None
    editor = EntryEditor(Viewer(actor, house.app.state.parts), entry)
    await editor.load()
    return editor


def field(editor: EntryEditor, place: Place) -> FormField:
    form = entry_form(editor.place.kind, parse_document("", editor.text))
    return next(one for section in form for one in section.fields if one.place == place)


def test_what_is_typed_while_saving_stays_and_nobody_else_is_blamed(house: House) -> None:
    async def type_on() -> None:
        editor = await opened(house, "inc.fee_dispute.double_debit")
        editor.text = saved = editor.text.replace("护工", "护理员")
        saving = asyncio.create_task(editor.save())
        await asyncio.sleep(0)  # it waits for the desk now
        editor.text = typed = saved.replace("806元", "860元")
        kept = await saving
        assert (kept.text, editor.work.text, editor.text) == (saved, saved, typed)
        assert editor.is_changed
        assert (await editor.save()).number == kept.number + 1
        assert not editor.is_changed

    run_apart(type_on())


def test_what_goes_on_over_what_is_in_force_has_to_be_saved(house: House) -> None:
    async def begin() -> bool:
        editor = await opened(house, "inc.fee_dispute.car_gps_fee")
        assert not editor.is_changed
        await editor.begin_from(None, editor.text)
        return editor.is_changed

    assert run_apart(begin())


def test_what_was_typed_just_before_saving_is_waited_for(house: House) -> None:
    async def type_and_save() -> None:
        editor = await opened(house, "inc.fee_dispute.insurance_bundled")
        typing = asyncio.create_task(editor.fill(field(editor, ("owner",)), "公关部值班"))
        await asyncio.sleep(0)
        await editor.written()
        assert "owner: 公关部值班\n" in editor.text
        await typing

    run_apart(type_and_save())


def test_fields_are_written_beside_the_event_loop_and_none_gets_lost(house: House) -> None:
    async def type_into_two() -> None:
        editor = await opened(house, "inc.fee_dispute.headcut_principal")
        threads: list[int] = []

        def seen(text: str) -> str:
            threads.append(get_ident())
            return text

        lessons, title = field(editor, ("lessons",)), field(editor, ("title",))
        await asyncio.gather(
            editor.fill(lessons, "甲条教训\n乙条教训"), editor.fill(title, "另一个标题"), editor.edit(seen)
        )
        data = parse_document("", editor.text).data
        assert (data["lessons"], data["title"]) == (["甲条教训", "乙条教训"], "另一个标题")
        assert len(threads) == 1
        assert threads != [get_ident()]
        await editor.fill(lessons, "\n".join(f"第{number}条教训" for number in range(51)))
        assert "最多 50 行" in editor.wrong[("lessons",)]

    run_apart(type_into_two())
