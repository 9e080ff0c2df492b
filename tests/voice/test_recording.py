"""The list of what to record is complete: whatever a hall calls can be said with it."""

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.sentence import TemplateKind
from queue_server.voice.clip_plan import plan, tokens
from queue_server.voice.language import Called
from queue_server.voice.phrasebook import shipped
from queue_server.voice.recording import KINDS, Place, wanted

PLACES = [Place(1, "综合窗口", "一楼东厅"), Place(12, "出证窗口"), Place(105, "帮办代办窗口", "二楼")]
PREFIXES = ["A", "B", "WX"]
OWN: dict[str, dict[TemplateKind, str]] = {"zh": {"recall": "再请{number}号，到[{area}的]{counter_name}"}}


@given(
    st.sampled_from(sorted(shipped())),
    st.sampled_from(PLACES),
    st.sampled_from(PREFIXES),
    st.integers(1, 1200),
    st.sampled_from(KINDS),
    st.booleans(),
)
def test_every_call_can_be_said(
    code: str, place: Place, prefix: str, number: int, kind: TemplateKind, yao: bool
) -> None:
    """In every language, of every kind, in the hall's own words too, with 一 and with 幺."""
    language, own = shipped()[code], OWN.get(code, {})
    texts = wanted(language, PLACES, PREFIXES, own)
    signs = {tokens(text) for text in texts.signs}
    called = Called(number=f"{prefix}{number:03d}", **place._asdict())
    sentence = language.read(language.sentence(called, kind, own, yao=yao), called.number, yao=yao)
    assert plan(sentence, signs | {tokens(text) for text in texts.phrases}, signs) is not None


def test_numbers_may_be_recorded_whole() -> None:
    """They are said in one breath then, and no more of them are on the list than were asked for."""
    language = shipped()["zh"]
    texts = wanted(language, PLACES[:1], ["A", "B"], numbers=12)
    assert [text for text in texts.phrases if text.startswith("诶")] == [
        f"诶零{tens}{ones}号" for tens in "零一" for ones in "零一二三四五六七八九"
    ][1:13]
    clips = {tokens(text) for text in (*texts.signs, *texts.phrases)}
    pieces = plan("请，必零一二号，到一楼东厅一号窗口办理", clips, {tokens(text) for text in texts.signs})
    assert pieces is not None
    assert ["".join(piece.clip) for piece in pieces] == ["请", "必零一二号", "到一楼东厅一号窗口办理"]
