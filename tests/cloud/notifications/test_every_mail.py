"""Every piece of news in every language: nothing missing, nothing left in English, one meaning."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.events import emit
from cloud.notifications.models import Notification
from cloud.notifications.service import write_mail
from cloud.notifications.texts import FOLDER
from tests.cloud.notifications.test_mails import room_of
from tests.cloud.notifications.test_texts import _texts
from tests.fakes.market import Market
from tests.fakes.news import member_news

LANGUAGES = ("en", "de", "es")
# Words that are the same in all of them, and facts that people wrote.
_SAME = {
    "{subject}",
    "{opening}",
    "{detail}",
    "{title}",
    "{message}",
    "{button}",
    "{preheader}",
    "{rules}",
}
_TAG = re.compile(r"<style>.*?</style>|<title>.*?</title>|<[^>]+>", re.DOTALL)


class Anything(dict[str, str]):
    """A value for every fact, that can be found again."""

    def __missing__(self, key: str) -> str:
        return f"[{key}]"


def sentences(said: str) -> set[str]:
    """Return the pieces of a text that hold words beside its facts."""
    pieces = [one.strip() for one in re.split(r"[.:;\n]", said)]
    return {one for one in pieces if " " in re.sub(r"{\w+},?", "", one).strip()}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_sentence_is_left_in_english(language: str) -> None:
    english, other = _texts("en"), _texts(language)

    for table, entries in english.items():
        for key, said in entries.items():
            if said in _SAME:
                continue
            shared = sentences(said) & sentences(other[table][key])
            assert not shared, f"{language}: {table}.{key}"


def test_every_language_has_the_same_files() -> None:
    names = [sorted(path.name for path in (FOLDER / one).iterdir()) for one in LANGUAGES]

    assert names[0] == names[1] == names[2]


def _wordings() -> list[str]:
    return [name for name in _texts("en") if name.isupper()]


@pytest.mark.needs_postgres
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_wording_is_written_as_text_and_html_that_say_the_same(
    language: str, market: Market
) -> None:
    room, now = room_of(market), market.clock.now()
    site = await market.parts.site.facts()
    kinds = {kind.value: kind for kind in Notification.kind.type.enum_class}

    for number, wording in enumerate(_wordings(), 1):
        kind = kinds.get(wording) or kinds["SYSTEM_ANNOUNCEMENT"]
        words = room.texts.wording(wording, language, Anything())
        notification = Notification(
            id=number,
            kind=kind,
            user_id=1,
            email="reader@example.org",
            language=language,
            wording=wording,
            title=words.title,
            message=words.message,
            link="http://127.0.0.1/account",
            facts={"facts": _facts(wording), "rows": {"total": "9 & <b>9</b>"}},
            told_at=now,
        )

        mail = write_mail(room, notification, site)

        page = html.unescape(_TAG.sub(" ", mail.html or ""))
        assert mail.subject == words.title
        for said in (words.message, words.button, room.texts.row("total", language)):
            for line in said.splitlines():
                assert line in mail.text, wording
                assert line in page, wording
        assert "9 & <b>9</b>" in mail.text
        assert "<b>9</b>" not in (mail.html or "")
        assert words.preheader in page
        assert not re.search(r"[{}]", mail.text), wording
        assert not re.search(r'(src|href)="(?!http://127\.0\.0\.1)', mail.html or "")


def _facts(wording: str) -> dict[str, str]:
    names = set(re.findall(r"{(\w+)}", str(_texts("en")[wording])))
    return {name: f"[{name}]" for name in names}


@pytest.mark.needs_postgres
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_event_of_a_member_is_told_once_in_their_language(
    language: str, market: Market, customer: object
) -> None:
    user_id = await market.user_id()
    async with market.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM notifications"))
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de", "es"]'"""))
        await session.execute(text("UPDATE users SET language = :one"), {"one": language})
    news = member_news(user_id, market.clock.now() + timedelta(hours=1))

    counts = []
    for _ in range(2):
        async with market.database.unit_of_work() as session:
            for event in news:
                await emit(session, event)
        counts.append(await market.scalar("SELECT count(*) FROM notifications"))

    rows = await market.rows("SELECT wording, title, message, language FROM notifications")
    # What the shop makes of it (points for joining) is news too, once as well.
    assert counts[0] == counts[1] >= len(news)
    spoken = {row.language for row in rows if not row.wording.startswith("PROFILE_")}
    assert spoken == {language}
    for row in rows:
        assert not re.search(r"[{}]", row.title + row.message), row.wording
    one_point = {"en": "1 point for you", "de": "1 Punkt für Sie", "es": "1 punto para usted"}
    assert one_point[language] in {row.title for row in rows}
