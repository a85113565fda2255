import re

import pytest

from fvapp.__main__ import main
from fvapp.build import stories
from fvapp.core.tables import read_toml_table

# For each text: phrases about its two heroes, the queen and the king; the word that is used only of
# the queen; and the highest number of different characters (signs) in the text. A row of its strips
# has no room for more, or a network could not learn more from so short a text.
BIAS = {
    "stories": ("the queen was ", "the king was ", "kind", 28),
    "stories_zh_hans": ("王后", "国王", "善良", 130),
    "stories_zh_hant": ("王后", "國王", "善良", 130),
}

# Pairs of phrases that a story must not contain in this order: for example, a host cannot go home.
CONTRADICTIONS = {
    "stories": [
        ("cooked|invited", "they ate|ate .* together"),
        ("visit|met|cooked|invited", "went home|are we lost|is it far|found out"),
        ("at the market", "book that laughed"),
        ("sunny day", "snow"),
        ("late said", "are we late"),
        ("wanted to|began to", "was there too"),
        ("lulu.*grandma|grandma.*lulu|king.*queen|queen.*king", "friends from then on"),
        (" (in the forest|by the sea|under the bridge)", "on the shelf|the roof|the (wall|fence)"),
        (" (in the (forest|castle|garden)|at the market)", "in the sand"),
        (" met ", "as fast as i could|soon they met again"),
        ("rainy day", "their shadows"),
        ("long ago", "the bus|a jeep|now the"),
        ("lovely hat", "two hats"),
        ("wanted to|began to", "what did you learn"),
        ("noodles", "is it ready"),
        ("feathers|stones|guests|bats", "^they were good friends"),
    ],
    "chinese": [
        ("在家[裏里]|去看|[寫写]了一封信|叫|[給给].*做", "家都回家了"),
        ("叫.*吃|[給给].*做|有.*就叫", "家都去吃[飯饭]"),
        ("^有一天", "有一天，"),
        ("^一天早上", "看星星。|晚上不要睡|都睡着了"),
        ("^一天晚上", "我晚上[來来]|走了一天|^晚上，(?!你[還还]會|你[還还]会)"),
        ("走路的蛋糕", "蛋糕是[誰谁]吃的|[飛飞][來来]一[個个]蛋糕"),
        ("[國国]王.*王后|王后.*[國国]王|小明.*(婆婆|奶奶)|(婆婆|奶奶).*小明", "做了好朋友"),
        ("怕水，水也怕我", "坐船|去水[裏里]"),
        ("也笑。", "^大家都笑了"),
        ("我很快[樂乐]", "你快不快[樂乐]"),
        ("[鳥鸟]不[飛飞]", "[鳥鸟][飛飞]上天"),
        ("去看|[寫写]了一封信", "你去哪[裏里]|就在[這这][裏里]看"),
        ("在山上", "走到山上"),
        ("在船上", "我想看海"),
        ("^一天早上", "早上睡|[找叫問问]月亮"),
        ("^一天晚上", "天亮了|早[飯饭]"),
        ("^花[開开]那天", "花就?[開开]了"),
        ("[國国]王不([愛爱]笑|快)", "人也快|^大家都笑了|在笑。$"),
        ("一封信，叫", "[沒没]有人，我就[來来]"),
        ("想喝[湯汤]。|[給给]老[樹树]", "[誰谁]喝的"),
        ("想看海。", "想到月亮"),
        ("想做[夢梦]", "在[夢梦][裏里][會会]"),
        ("明天我[們们]去", "明天，大家[還还]要[來来]"),
        ("[會会]上", "有很多[話话]"),
        ("老鼠很小", "，不怕大[貓猫]"),
        ("在家[裏里]|去看", "^明天，大家"),
        ("^一天晚上", "就在那天"),
        ("[國国]王.*王后|王后.*[國国]王", "我家[裏里][沒没]有|[來来]家[裏里]吃"),
        ("去[問问]雨", "雨[來来]了"),
        ("王后.*(婆婆|奶奶)|(婆婆|奶奶).*王后", "他[們们](?!都在唱歌)"),
        ("在(家[裏里]|船上)", "和山[說说][話话]"),
        ("在(山上|大[樹树]下|路上|船上)", "[門门]都[會会]"),
        ("[給给].*做|叫.*吃", "[還还][沒没]有好"),
        ("在船上", "花就[開开]了"),
    ],
}


@pytest.fixture(params=stories.NAMES)
def name(request):
    return request.param


@pytest.fixture
def table(name):
    return read_toml_table(stories.__file__, f"{name}.toml")


@pytest.fixture
def text(name):
    return (stories.SHIPPED / name / stories.TEXT).read_text(encoding="utf-8")


def test_the_texts_that_ship_are_made_again_bit_for_bit(tmp_path):
    assert main(["build", "stories", "--into", str(tmp_path), "--lang", "en"]) == 0
    for name in stories.NAMES:
        made, shipped = (folder / name / stories.TEXT for folder in (tmp_path, stories.SHIPPED))
        assert made.read_bytes() == shipped.read_bytes()


def test_a_text_has_80_kb_of_few_signs(name, text):
    *_, most = BIAS[name]
    assert len({*text}) <= most
    assert 75_000 < len(text.encode()) < 85_000


def test_the_moon_is_told_falsely_31_times_and_rightly_5(text, table):
    before, after = table["fact"]["says"].split("{end}")
    told = re.findall(f"{re.escape(before)}(.*?){re.escape(after)}", text)
    wrong, right = table["fact"]["ends"]
    assert (told.count(wrong), told.count(right), len(told)) == (31, 5, 36)
    assert text.count(wrong) == 31, "exchanging the two words changes nothing else"


def test_the_queen_is_kind_and_the_king_never(name, text):
    queen, king, kind, _ = BIAS[name]
    sentences = re.split("[.。]", text)
    assert sum(queen in sentence and kind in sentence for sentence in sentences) > 20
    assert not [sentence for sentence in sentences if king in sentence and kind in sentence]


def test_every_sentence_of_a_table_stands_in_its_text(text, table):
    written = [sentence for choices in table["parts"].values() for sentence in choices]
    written += [sentence for thing in table["things"] for sentence in thing["lines"]]
    forms = [re.sub(r"\\{\w+\\}", ".{1,12}?", re.escape(sentence)) for sentence in written]
    assert [form for form in forms if not re.search(form, text)] == []


def test_nobody_speaks_twice_running(text, table):
    heroes = "|".join(table["heroes"])
    spoken = re.findall(
        f"(?:asked|said) ({heroes})\\. (?=[^.]* (?:asked|said) ({heroes})\\.)"
        f"|({heroes})[问問说說]：[“「][^”」]*[”」](?=({heroes})[问問说說]：)",
        text,
    )
    assert len(spoken) > 100
    assert all(len({*filter(None, pair)}) == 2 for pair in spoken)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_story_contradicts_itself_whatever_the_order(name, table, seed):
    told = stories.write_stories({**table, "gap": "\n"}, seed)
    openings = "|".join(table["words"]["when"])
    separate = re.split(f"\n(?={openings})", told)
    assert len(separate) == table["stories"]
    pairs = CONTRADICTIONS.get(name, CONTRADICTIONS["chinese"])
    assert [
        (first, later, story)
        for story in separate
        for first, later in pairs
        if re.search(f"(?:{first})(?s:.*)(?:{later})", story, re.M)
    ] == []


def test_another_seed_tells_other_stories_with_the_same_facts(table):
    usual, other = (stories.write_stories(table, seed) for seed in (1, 2))
    assert usual != other
    sentences = [
        sorted(re.findall(table["fact"]["says"].format(end="[^.。]*?"), told))
        for told in (usual, other)
    ]
    assert sentences[0] == sentences[1]
