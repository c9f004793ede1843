"""Words of scripts with combining marks, invisible letters, optional vowels or no spaces."""

import json
import unicodedata
from collections import Counter

import pytest

from analysis.text.places import find_word
from analysis.text.quality import TextKind, assess, kind_of
from analysis.text.scripts import clusters, folded
from analysis.text.tokens import count_words, stop_words, terms, words

MARKED = {
    chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code)) in {"Mn", "Mc"}
}
#: Sentences of two words, each as it stands between the spaces.
TWO_WORDS = {
    "hi": "स्वास्थ्य शिक्षा",
    "mr": "पर्यावरण संरक्षण",
    "ne": "बालबालिकाको शिक्षा",
    "bn": "শিক্ষার অধিকার",
    "pa": "ਸਿੱਖਿਆ ਅਧਿਕਾਰ",
    "gu": "શિક્ષણ અધિકાર",
    "ta": "தமிழ் மொழி",
    "te": "విద్యా హక్కు",
    "kn": "ಶಿಕ್ಷಣ ಹಕ್ಕು",
    "ml": "വിദ്യാഭ്യാസ അവകാശം",
    "si": "අධ්‍යාපන අයිතිය",
    "am": "የትምህርት መብት",
    "dv": "ތަޢުލީމުގެ ހައްޤު",
    "yo": "ẹ̀kọ́ ọmọdé",
    "vi": "giáo dục",
}


@pytest.mark.parametrize("language", TWO_WORDS)
def test_a_word_keeps_its_marks(language):
    text = TWO_WORDS[language]
    joined = text.replace("\u200d", "")
    assert words(text, "und") == unicodedata.normalize("NFKC", joined).split()
    assert words(unicodedata.normalize("NFD", text), "und") == words(text, "und")


def test_a_short_answer_with_marks_is_no_shorter_than_another():
    assert words("शिक्षा", "ne") == ["शिक्षा"]
    assert kind_of("सफा पानी", "ne") is TextKind.USABLE
    assert kind_of("शिक्षा", "ne") is TextKind.TOO_SHORT
    assert kind_of("சுத்தமான தண்ணீர்", "ta") is TextKind.USABLE


def test_vowel_points_make_no_other_word():
    plain, pointed = "مدرسة البنات", "مَدْرَسَةُ البَنَاتِ"
    assert words(pointed, "ar") == words(plain, "ar") == ["مدرسة", "البنات"]
    assert terms(pointed, "ar") == terms(plain, "ar")
    assert words("مـــدرســة", "ar") == ["مدرسة"]
    assert words("שָׁלוֹם עוֹלָם", "he") == words("שלום עולם", "he")
    # A letter that is composed of one with a hamza or a madda keeps it.
    assert words("آراء أسئلة", "und") == ["آراء", "أسئلة"]


def test_joiners_shape_letters_and_part_no_words():
    assert words("می\u200cشود کتاب\u200cها", "und") == words("میشود کتابها", "und")
    assert words("क्\u200dया", "und") == words("क्या", "und")
    assert words("ශ්\u200dරී", "und") == words("ශ්රී", "und")
    assert words("consul\u00adtation", "en") == ["consultation"]
    # A space without width parts words, as the others do.
    assert words("clean\u200bwater", "en") == ["clean", "water"]


def test_the_keyboard_makes_no_other_word():
    assert words("كتاب علي", "fa") == words("کتاب علی", "fa")
    assert words("İstanbul IŞIK", "tr") == ["istanbul", "ışık"]
    assert words("Mekke'nin AB’nin", "tr") == ["mekke", "ab"]
    assert words("за́мок", "ru") == words("замок", "ru")
    assert words("Київ", "uk") == ["київ"]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("здоров'я", "uk", ["здоров'я"]),
        ("об’єкт", "uk", ["об'єкт"]),
        ("ng’ombe", "sw", ["ng'ombe"]),
        ("ta'lim", "uz", ["ta'lim"]),
        ("l'État dell'uomo", "fr", ["état", "uomo"]),
        ("the workers' rights", "en", ["workers", "rights"]),
    ],
)
def test_an_apostrophe_is_a_letter_where_it_is_one(text, language, found):
    assert words(text, language) == found


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("การศึกษา", "กา ร ศึ ก ษา"),
        ("เด็กไทย", "เด็ ก ไท ย"),
        ("ກິນນ້ຳ", "ກິ ນ ນ້ຳ"),
        ("ကျန်းမာရေး", "ကျန်း မာ ရေး"),
        ("ဗုဒ္ဓ", "ဗု ဒ္ဓ"),
        ("ខ្មែរ", "ខ្មែ រ"),
        ("プライバシー", "プ ラ イ バ シー"),
        ("人工智能", "人 工 智 能"),
    ],
)
def test_a_character_comes_with_all_that_belongs_to_it(run, parts):
    assert clusters(run) == parts.split()


@pytest.mark.parametrize("language", ["th", "lo", "my", "km", "ja", "zh"])
def test_no_pair_begins_with_a_mark_or_loses_one(language):
    text = {
        "th": "น้ำสะอาดสำหรับทุกคนในหมู่บ้าน",
        "lo": "ນ້ຳສະອາດສຳລັບທຸກຄົນ",
        "my": "လူတိုင်းအတွက် သန့်ရှင်းသောရေ",
        "km": "ទឹកស្អាតសម្រាប់មនុស្សគ្រប់គ្នា",
        "ja": "すべての人々にきれいな水を",
        "zh": "人人享有清洁饮水",
    }[language]
    whole = folded(text)
    found = words(text, "und")
    assert found
    for pair in found:
        assert pair[0] not in MARKED
        # Wherever it stands, no mark of its last letter is left behind.
        ends = [place + len(pair) for place in range(len(whole)) if whole.startswith(pair, place)]
        assert any(whole[end : end + 1] not in MARKED for end in ends)


def test_the_small_word_and_the_long_one_of_scripts_without_spaces():
    assert kind_of("น้ำ", "th") is TextKind.TOO_SHORT
    assert kind_of("น้ำสะอาด", "th") is TextKind.USABLE
    assert kind_of("隐私", "zh") is TextKind.TOO_SHORT
    assert kind_of("保护隐私", "zh") is TextKind.USABLE


def test_other_words_beside_characters_are_kept():
    assert words("使用ChatGPT技術", "ja") == ["使用", "chatgpt", "技術"]
    assert words("AI人工智能", "zh") == ["ai", "人工", "工智", "智能"]
    assert words("人々の様々な", "und") == ["人々", "様々"]


def test_a_few_same_characters_are_no_campaign():
    assert count_words("我们支持这个计划", "und") == 4
    found = assess(["我们支持这个计划"] * 12, ["zh"] * 12, seed=1)
    assert not found.campaigns
    letter = "我们支持这个计划因为它保护儿童的隐私"
    assert assess([letter] * 12, ["zh"] * 12, seed=1).campaigns == {0}


@pytest.mark.parametrize(
    ("text", "word", "stands"),
    [
        ("Partial art, art", "art", "art"),
        ("حَقُّ التَّعْلِيم", "التعليم", "التَّعْلِيم"),
        ("این کار می\u200cشود.", "میشود", "می\u200cشود"),
        ("सभी की शिक्षा और", "शिक्षा", "शिक्षा"),
        ("คนต้องการน้ำสะอาด", "น้ำสะ", "น้ำสะ"),
        ("clean, water", "clean water", "clean, water"),
        ("e\u0301coles", "école", "e\u0301cole"),
        ("We regulated it", "regulating", "regulated"),
    ],
)
def test_a_word_is_found_where_it_stands_as_it_was_typed(text, word, stands):
    start, end = find_word(text, word)
    assert text[start:end] == stands


def test_a_word_that_does_not_stand_there_has_no_place():
    assert find_word("clean water", "energy") is None
    assert find_word("clean water", "") is None
    assert find_word("", "water") is None


LISTED = [
    *("am", "ar", "bg", "bn", "bs", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he"),
    *("hi", "hr", "hu", "id", "it", "ja", "ko", "mr", "ms", "nb", "ne", "nl", "nn", "no", "pl"),
    *("pt", "ro", "ru", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh"),
]


@pytest.mark.parametrize("language", LISTED)
def test_function_words_are_listed_in_the_form_that_is_compared(language):
    listed = stop_words(language)
    assert len(listed) > 40
    # One that a text could not hold, or that would fall apart, takes nothing away.
    kept = {word for word in listed if words(word, language)}
    assert not kept
    assert not {word for word in listed if word.split() != [word]}


#: What holds sentences together, written down apart from the lists.
HOLDING = {
    "sw": "na ya wa za la kwa ni katika kwenye au kama baada ambayo hii hiyo yake lakini kutoka",
    "hi": "के में की है और से का को पर हैं एक लिए ने यह भी कि नहीं इस हो जो ही था कर या तो",
    "id": "yang dan di dengan untuk dari ini pada dalam tidak adalah itu ke oleh atau dapat",
    "tr": "ve bir bu için ile de da olarak daha çok gibi en olan kadar sonra ise",
}


@pytest.mark.parametrize("language", HOLDING)
def test_the_most_frequent_terms_of_real_sentences_are_no_function_words(shared_data, language):
    path = shared_data / "data" / "topics" / "sib200_12lang.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    counts = Counter(
        word for row in rows if row["lang"] == language for word in words(row["text"], language)
    )
    frequent = [word for word, _count in counts.most_common(15)]
    assert len(frequent) == 15
    assert not set(frequent) & (stop_words(language) | set(HOLDING[language].split()))


def test_function_words_part_a_line_of_thai_and_leave_chinese_whole():
    assert words("น้ำและป่า", "th") == ["น้ำ", "ป่า"]
    assert "ดและ" not in words("น้ำสะอาดและการศึกษา", "th")
    assert words("和平", "zh") == ["和平"]
    assert words("水が大切です", "ja") == ["水", "大切"]
