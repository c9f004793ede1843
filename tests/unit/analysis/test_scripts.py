"""Words of scripts with combining marks, invisible letters, optional vowels or no spaces."""

import json
import unicodedata
from collections import Counter

import numpy as np
import pytest

from analysis.text.coherence import npmi
from analysis.text.fillers import letters_of
from analysis.text.labels import label_topics
from analysis.text.places import find_word
from analysis.text.quality import TextKind, assess, kind_of
from analysis.text.scripts import clusters, folded
from analysis.text.tokens import count_words, stop_words, terms, words
from analysis.text.unspaced import readable_words

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


def test_an_answer_that_differs_from_no_in_its_marks_is_not_no():
    assert kind_of("नहीं।", "hi") is TextKind.NO_COMMENT
    assert kind_of("नहा", "hi") is TextKind.TOO_SHORT


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
        ("e\u0301coles", "école", "e\u0301coles"),
        ("Humanities, inhuman, human", "human", "human"),
        ("inhuman humanities", "human", "humanities"),
        ("We regulated it", "regulating", "regulated"),
    ],
)
def test_a_word_is_found_where_it_stands_as_it_was_typed(text, word, stands):
    start, end = find_word(text, word)
    assert text[start:end] == stands


def test_a_word_that_does_not_stand_there_has_no_place():
    assert find_word("clean water", "energy") is None
    assert find_word("clean water", "") is None
    # Only as far as words are counted is a text looked through.
    assert find_word("word " * 5_000 + "energy", "energy") is None
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


WATER = {
    "th": [
        "ชาวบ้านต้องการน้ำสะอาดสำหรับทุกครัวเรือน", "น้ำสะอาดเป็นสิทธิของทุกคน",
        "โรงงานปล่อยน้ำเสียลงแม่น้ำทุกวัน", "แม่น้ำของเราเต็มไปด้วยน้ำเสีย",
        "รัฐบาลควรลงทุนในระบบน้ำประปา", "ระบบน้ำประปาในหมู่บ้านเสียบ่อยมาก",
        "เด็กๆ ป่วยเพราะดื่มน้ำเสีย", "ขอให้ตรวจคุณภาพน้ำในแม่น้ำ",
    ],
    "ja": [
        "すべての家庭にきれいな水道水が必要です", "水道料金が高すぎて払えません",
        "工場の排水が川を汚している", "川の水質を毎月調べてほしい",
        "水道料金の値上げに反対します", "排水の規制をもっと厳しくすべきだ",
        "水質検査の結果を公開してください", "古い水道管から水が漏れている",
    ],
    "zh": [
        "自来水太贵了", "工厂把污水排进河里", "请公布自来水的检测结果", "污水处理厂太少",
        "村里没有自来水", "河里的污水很臭", "新建污水处理厂", "饮用水不干净",
    ],
}  # fmt: skip
MACHINES = {
    "th": [
        "ปัญญาประดิษฐ์ต้องโปร่งใสและตรวจสอบได้", "เรากลัวว่าปัญญาประดิษฐ์จะแย่งงาน",
        "ควรมีกฎหมายควบคุมปัญญาประดิษฐ์", "ข้อมูลส่วนบุคคลต้องได้รับการคุ้มครอง",
        "บริษัทใช้ข้อมูลส่วนบุคคลโดยไม่ขออนุญาต", "กฎหมายคุ้มครองข้อมูลส่วนบุคคลยังไม่พอ",
        "โรงเรียนควรสอนเรื่องปัญญาประดิษฐ์", "บริษัทเทคโนโลยีต้องรับผิดชอบ",
    ],
    "ja": [
        "人工知能の判断は説明できなければならない", "人工知能が仕事を奪うのではないかと心配です",
        "プライバシーを守る法律が必要だ", "企業が個人情報を勝手に使っている",
        "個人情報の保護を強化してください", "学校で人工知能について教えるべきだ",
        "プライバシーと個人情報が心配です", "データセンターは水も電力も使いすぎる",
    ],
    "zh": [
        "人工智能很危险", "我怕人工智能抢走工作", "谁来管人工智能", "学校应该教人工智能",
        "企业收集个人信息", "保护个人信息", "个人信息不能卖", "法律要管住企业",
    ],
}  # fmt: skip


def _labels(language):
    texts = WATER[language] + MACHINES[language]
    members = np.repeat([0, 1], [len(WATER[language]), len(MACHINES[language])]).astype(np.int64)
    water, machines = label_topics(texts, [language] * len(texts), members, 2).by_language
    return texts, water[language], machines[language]


@pytest.mark.parametrize(
    ("language", "of_water", "of_machines"),
    [
        ("th", {"แม่น้ำ", "น้ำเสีย", "ระบบน้ำประปา"}, {"ปัญญาประดิษฐ์", "ข้อมูลส่วนบุคคล"}),
        ("ja", {"水道料金", "水質", "排水"}, {"人工知能", "個人情報", "プライバシー"}),
        ("zh", {"自来水", "污水处理厂"}, {"人工智能", "个人信息", "企业"}),
    ],
)
def test_topics_of_scripts_without_spaces_read_as_words(language, of_water, of_machines):
    _texts, water, machines = _labels(language)
    assert of_water <= set(water)
    assert of_machines <= set(machines)


@pytest.mark.parametrize("language", ["th", "ja", "zh"])
def test_no_word_of_a_topic_lies_within_another(language):
    _texts, *topics = _labels(language)
    for shown in topics:
        assert not [(a, b) for a in shown for b in shown if a != b and a in b]


def test_words_of_topics_without_spaces_are_coherent_as_they_are_shown():
    texts, water, _machines = _labels("zh")
    (value,) = npmi([water], readable_words(texts, "zh"))
    assert value is not None


def test_words_with_spaces_are_those_that_are_counted():
    texts = ["Clean water first", "数据 in an English text", "water rights"]
    assert readable_words(texts, "en") == [words(text, "en") for text in texts]
    # One foreign word does not take the spaces out of all others.
    said = ["climate change in 上海 matters"] * 6 + ["jobs for everybody"] * 6
    members = np.repeat([0, 1], 6).astype(np.int64)
    shown = label_topics(said, ["en"] * 12, members, 2).by_language[0]["en"]
    assert "climatechange" not in "".join(shown)


def test_a_clause_that_many_repeat_is_no_word():
    clause = "然后才谈得上模型"
    said = [f"{other}，{clause}。" for other in WATER["zh"] + MACHINES["zh"]]
    found = readable_words(said, "zh")
    assert not [word for document in found for word in document if len(word) > 4 and word in clause]
    assert "人工智能" in {word for document in found for word in document}


def test_texts_without_repeated_words_are_described_by_pairs():
    assert readable_words(["清洁饮水"], "zh") == [["清洁", "洁饮", "饮水"]]
    letter = ["我们坚决反对在社区旁边建设数据中心"] * 20
    assert readable_words(letter, "zh") == [words(one, "zh") for one in letter]
    assert readable_words([], "zh") == []
    assert readable_words(["", "\x00"], "th") == [[], []]


@pytest.mark.parametrize("text", ["a" + "." * 500_000 + "a", "." * 500_000, "a" + "_" * 500_000])
def test_a_row_of_marks_however_long_is_read_once(text):
    # Backtracking would take hours here.
    assert letters_of(text) == text.strip("._")
    assert letters_of("«शिक्षा»!") == "शिक्षा"
