"""Lines of any script: their order, their faces, what is drawn of them, and what fits."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habits.domain.pictures.text import visible_characters
from sharing.domain.typesetting.bidi import base_level, levels_of, visual_order
from sharing.domain.typesetting.blocks import Block, fit
from sharing.domain.typesetting.faces import BOLD, CHINESE, EM, EMOJI, JAPANESE, KOREAN, REGULAR, SANS, find_face, has
from sharing.domain.typesetting.lines import Line, Style, drawable, ideographs_for, set_line

SCRIPTS = {
    "Latin": "Morning run, every day",
    "Greek": "Πρωινό τρέξιμο",
    "Cyrillic": "Утренняя пробежка",
    "Armenian": "Առավոտյան վազք",
    "Georgian": "დილის სირბილი",
    "Hebrew": "ריצת בוקר",
    "Arabic": "الجري في الصباح",
    "Persian": "می‌خواهم بدوم",
    "Urdu": "صبح کی دوڑ",
    "Devanagari": "सुबह की दौड़ शक्ति",
    "Bengali": "সকালের দৌড়",
    "Gurmukhi": "ਸਵੇਰ ਦੀ ਦੌੜ",
    "Gujarati": "સવારની દોડ",
    "Oriya": "ସକାଳ ଦୌଡ଼",
    "Tamil": "காலை ஓட்டம் நாள்தோறும்",
    "Telugu": "ఉదయం పరుగు",
    "Kannada": "ಬೆಳಗಿನ ಓಟ",
    "Malayalam": "പ്രഭാത ഓട്ടം",
    "Sinhala": "උදේ දිවීම",
    "Thai": "วิ่งตอนเช้าทุกวัน",
    "Lao": "ແລ່ນຕອນເຊົ້າ",
    "Khmer": "រត់ពេលព្រឹក",
    "Burmese": "မနက်ခင်းပြေး",
    "Ethiopic": "የጠዋት ሩጫ",
    "Japanese": "朝のランニング、毎日。",
    "Chinese": "每天早上跑步",
    "Korean": "아침 달리기",
    "symbols": "→ ★ ✓ ∑ ½ € ₹",
    "emoji": "👨‍👩‍👧‍👦 🇩🇪 🏃🏽‍♀️ ❤️ ☕ 1️⃣ 😀",
}
TEXTS = st.text(max_size=120) | st.text("aW שת(ب\u0640د٣2,%:) 漢か、한हि्ด😀🇩\u200d\ufe0f\u0301\u0335", max_size=120)
SIZES = (72, 54, 46)


def styled(text: str, weight: int = BOLD) -> Style:
    return Style(weight, base_level(text), ideographs_for(text))


def line_of(text: str) -> Line:
    shown = drawable(text)
    return set_line(shown, styled(shown))


def shapes(line: Line) -> list[str]:
    """Return what is drawn, wherever it stands."""
    return [glyph.path for glyph in line.glyphs]


class TestOrder:
    @pytest.mark.parametrize(
        ("text", "seen"),
        [
            ("abc", "abc"),
            ("אבג", "גבא"),
            ("אבג abc", "abc גבא"),
            ("abc אבג def", "abc גבא def"),
            ("שלום 30 דקות", "תוקד 30 םולש"),
            ("א 5% ב", "ב 5% א"),
            ("ا ١٢٣ ب", "ب ١٢٣ ا"),
            ("ا 12 ب", "ب 12 ا"),
            ("abc 12 אב", "abc 12 בא"),
            ("אב (גד) הו", "וה )דג( בא"),
            ("אב (cd) הו", "וה )cd( בא"),
            ("ab (אב) cd", "ab (בא) cd"),
            ("a (אב) ג", "a (בא) ג"),
            ("א (bc) d", "d )bc( א"),
            ("א 1,234.5 ב", "ב 1,234.5 א"),
            ("א -1 ב", "ב 1- א"),
            ("שלום, world!", "!world ,םולש"),
            ("א😀ב", "ב😀א"),
            ("12:30 א", "א 12:30"),
        ],
    )
    def test_lines_of_mixed_directions(self, text: str, seen: str) -> None:
        """As the annex has it; brackets of right-to-left runs are mirrored by their face, not here."""
        order = visual_order(levels_of(list(text), base_level(text)))
        assert "".join(text[place] for place in order) == seen

    @given(TEXTS)
    def test_nothing_is_lost_or_doubled(self, text: str) -> None:
        characters = visible_characters(text)
        levels = levels_of(characters, base_level(text))
        assert len(levels) == len(characters)
        assert sorted(visual_order(levels)) == list(range(len(levels)))

    @given(st.text("abc אבג 12 ا.,-()", max_size=30), st.sampled_from([0, 1]))
    def test_letters_go_their_own_way_whatever_stands_around_them(self, text: str, base: int) -> None:
        for character, level in zip(text, levels_of(list(text), base), strict=True):
            kind = unicodedata.bidirectional(character)
            if kind in ("L", "EN", "R", "AL"):
                assert level % 2 == (kind in ("R", "AL"))

    def test_the_first_letter_decides_where_a_line_begins(self) -> None:
        assert [base_level(text) for text in ("12 abc א", "12 א abc", "1. ...", "")] == [0, 1, 0, 0]


class TestFaces:
    @pytest.mark.parametrize("text", SCRIPTS.values(), ids=list(SCRIPTS))
    def test_every_script_has_ink_for_every_character(self, text: str) -> None:
        unknown = shapes(line_of("\ufffd"))
        for character in visible_characters(drawable(text)):
            if not character.isspace() and not all(unicodedata.category(code) == "Cf" for code in character):
                drawn = shapes(line_of(character))
                assert drawn, character
                assert drawn != unknown, character

    @pytest.mark.parametrize("text", SCRIPTS.values(), ids=list(SCRIPTS))
    def test_a_line_of_two_scripts_draws_what_each_alone_does(self, text: str) -> None:
        alone, mixed = line_of(text), line_of(f"Read {text}")
        assert sorted(shapes(mixed)) == sorted(shapes(line_of("Read")) + shapes(alone))

    @pytest.mark.parametrize("character", ["\U00010fb7", "\ue000", "\U0001fffe", "\u0378"])
    def test_what_no_face_has_is_a_sign_for_the_unknown(self, character: str) -> None:
        assert find_face(character, CHINESE, is_emoji=False) is None
        assert shapes(line_of(f"a{character}b")) == shapes(line_of("a\ufffdb"))

    def test_joined_emoji_and_flags_are_one_sign(self) -> None:
        one = line_of("😀").width
        for emoji in ("👨‍👩‍👧‍👦", "🇩🇪", "🏃🏽‍♀️"):
            assert len(line_of(emoji).glyphs) == 1, emoji
            assert line_of(emoji).width == one

    def test_a_sign_that_may_be_both_is_an_emoji_by_choice(self) -> None:
        assert shapes(line_of("©\ufe0f")) != shapes(line_of("©"))
        assert shapes(line_of("1\ufe0f\u20e3")) != shapes(line_of("1"))
        assert has(EMOJI, "1")
        assert shapes(line_of("1"))[0] in shapes(line_of("😀1"))

    def test_arabic_letters_join(self) -> None:
        apart, joined = line_of("ب ب ب"), line_of("ببب")
        assert len(set(shapes(apart))) < len(set(shapes(joined)))

    def test_brackets_are_mirrored_from_right_to_left(self) -> None:
        assert shapes(line_of("(א)"))[0] == shapes(line_of("(a)"))[0]
        assert shapes(line_of("א("))[0] == shapes(line_of(")"))[0]

    def test_ideographs_have_the_forms_of_their_language(self) -> None:
        assert (ideographs_for("毎日の読書"), ideographs_for("讀書 매일"), ideographs_for("每天读书")) == (
            JAPANESE,
            KOREAN,
            CHINESE,
        )
        sign = "直"
        assert line_of(f"{sign}か").glyphs[0].path != line_of(f"{sign}天").glyphs[0].path

    def test_weights_differ(self) -> None:
        assert set_line("Read", styled("Read")) != set_line("Read", styled("Read", REGULAR))

    def test_a_number_beside_kana_is_set_in_the_face_of_numbers(self) -> None:
        assert find_face("3", JAPANESE, is_emoji=False) is SANS


class TestDrawable:
    @pytest.mark.parametrize(
        ("text", "drawn"),
        [
            ("  a \t\n b ", "a b"),
            ("a\u200bb\u00ad\ufeffc\u2060", "abc"),
            ("\u202eabc\u202c \u2066d\u2069", "abc d"),
            ("a\x00\x1b\x7f\x85b", "a\ufffd\ufffd\ufffd b"),
            ("e\u0301", "é"),
            ("", ""),
            ("\u3164\u115f", ""),
        ],
    )
    def test_one_line_without_what_is_invisible(self, text: str, drawn: str) -> None:
        assert drawable(text) == drawn

    def test_accents_are_not_piled_up(self) -> None:
        piled = "Z" + "\u0300\u0316\u0335" * 40 + "algo"
        assert drawable(piled) == "Z\u0335\u0335\u0335algo"
        assert drawable("ệ") == "ệ"
        assert len(drawable("\u0e01" + "\u0e49" * 100)) <= 12


class TestFit:
    @settings(deadline=None, max_examples=150)
    @given(TEXTS, st.integers(min_value=150, max_value=1_200), st.integers(min_value=1, max_value=3))
    def test_no_line_is_wider_than_it_may_be(self, text: str, width: int, most: int) -> None:
        block = fit(text, width=width, sizes=SIZES, most_lines=most)
        assert block.width <= width
        assert len(block.lines) <= most
        assert block.size in SIZES

    @pytest.mark.parametrize("text", ["W" * 120, "漢" * 120, "—" * 120, "ש" * 120])
    def test_what_is_too_long_ends_in_an_ellipsis(self, text: str) -> None:
        block = fit(text, width=1_056, sizes=SIZES, most_lines=2)
        assert (block.size, len(block.lines)) == (SIZES[-1], 2)
        assert block.width <= 1_056
        first, last = block.lines
        assert first.width > 0.95 * 1_056 * EM / block.size
        end = 0 if block.is_right_to_left else -1
        assert {glyph.path for glyph in first.glyphs} == set(shapes(line_of(text[0])))
        assert last.glyphs[end].path not in shapes(line_of(text[0]))

    @pytest.mark.parametrize("text", ["﷽" * 40, "ബ്ര" * 40, "👨‍👩‍👧‍👦" * 60, "ک" * 120, "\u0640د" * 60, "\U00010fb7" * 120])
    def test_wide_signs_are_cut_off_too(self, text: str) -> None:
        block = fit(text, width=1_056, sizes=SIZES, most_lines=2)
        assert len(block.lines) == 2
        assert 0.7 * 1_056 < block.width <= 1_056

    def test_words_are_not_cut_in_the_middle_of_an_end(self) -> None:
        long = fit("Reading " * 15, width=1_056, sizes=(46,), most_lines=1)
        assert long == fit("Reading " * 4 + "Reading…", width=1_056, sizes=(46,), most_lines=1)

    @pytest.mark.parametrize("text", ["A", "Read a book", "朝のランニング", "ריצת בוקר"])
    def test_what_fits_is_as_large_as_may_be_in_one_line(self, text: str) -> None:
        block = fit(text, width=1_056, sizes=SIZES, most_lines=2)
        assert (block.size, len(block.lines)) == (SIZES[0], 1)

    def test_two_lines_are_about_as_long_as_each_other(self) -> None:
        block = fit("Go for a walk in the park after dinner", width=1_056, sizes=SIZES, most_lines=2)
        first, second = (line.width for line in block.lines)
        assert abs(first - second) < 0.3 * max(first, second)

    def test_words_stay_whole_where_they_can(self) -> None:
        block = fit("Internationalization everywhere", width=800, sizes=SIZES, most_lines=2)
        assert [line.width for line in block.lines] == [line_of("Internationalization").width, line_of("everywhere").width]

    def test_no_line_of_japanese_begins_with_a_sign_that_closes(self) -> None:
        for length in range(5, 25):
            block = fit("あ" * length + "、）ー」" + "い" * length, width=1_056, sizes=(72,), most_lines=2)
            if len(block.lines) == 2:
                first = block.lines[1].glyphs[0].path
                assert first in (shapes(line_of("い"))[0], shapes(line_of("あ"))[0])

    def test_texts_that_are_read_from_the_right_say_so(self) -> None:
        assert [fit(text, width=500, sizes=(46,)).is_right_to_left for text in ("אב ab", "ab אב", "")] == [True, False, False]

    def test_nothing_is_no_line(self) -> None:
        assert fit(" \u200b ", width=500, sizes=(46,)) == Block(46, (), is_right_to_left=False)

    def test_widths_are_those_of_the_outlines(self) -> None:
        line = line_of("nnnn")
        assert line.width == 4 * line_of("n").width
        assert 0.4 * EM < line_of("n").width < EM
