"""Every page, in its main states, fits its window and follows WCAG 2.2 AA."""

from collections.abc import Callable

import pytest

from axe import look
from fvapp.core.missions import MISSIONS
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.networks.one_step import SCREENS
from fvapp.ui.teachers.cards import CARDS
from pairs import pairs
from visitor import EN, ONE, PERCENT, SHORT, Visitor

PARTS = tuple(tools_for_dataset("mnist"))


def finished(visitor: Visitor) -> None:
    visitor.open("/").read("test_result", PERCENT)
    for fold in ("run_numbers", "train_more_fold"):
        visitor.unfold(fold)
        visitor.wait_until_drawn()
    # A script that comes late colours the code, which phones hide at first.
    visitor.page.locator(".stCode .token").first.wait_for(state="attached")


def failed(visitor: Visitor) -> None:
    visitor.open(f"{SHORT}&flatten=false").press("train_start")
    visitor.read("run_state", EN("states.failed"), timeout=90)


def answered(visitor: Visitor) -> None:
    clear = visitor.open("/draw?dataset=mnist").button("canvas_clear")
    if clear.is_enabled():  # a drawing from the previous state is still there
        clear.click()
        visitor.find("answer").get_by_text(EN("draw.nothing_yet"), exact=True).wait_for()
    visitor.draw(ONE).read("answer", PERCENT, timeout=60)


def kept(visitor: Visitor) -> None:
    answered(visitor)
    if not visitor.wait_until_drawn().find("keep_undo").is_visible():
        visitor.press("keep_no").find("keep_label").get_by_role("radio").first.click()
        visitor.find("keep_undo").wait_for()


def taught(visitor: Visitor) -> None:
    visitor.train(f"{SHORT}&dataset=mnist")
    kept(visitor)
    visitor.press("teach").find("taught_after").wait_for(timeout=60_000)


def own_examples(visitor: Visitor) -> None:
    visitor.open("/data?dataset=mnist&show=my_examples").find("my_examples").locator(
        "button.tile"
    ).first.click()
    visitor.find("example_delete").wait_for()


def compare_unfolded(visitor: Visitor) -> None:
    visitor.open("/compare")
    for name in ("sure", "why", "images", "all"):
        visitor.unfold(f"compare_{name}")
        visitor.wait_until_drawn()
    visitor.find("runs_table").locator("canvas").first.wait_for()


def another_image(visitor: Visitor) -> None:
    visitor.open("/inside").press("inside_another")
    visitor.find("inside_picture").wait_for()


def guessed(visitor: Visitor) -> None:
    visitor.open("/inside?part=duel").press("guess_3").find("duel_last").wait_for()


def watched(visitor: Visitor) -> None:
    # The mission trains on all images, so its runs are still training during the check.
    visitor.open("/missions?mission=5")
    visitor.choose("predict", EN("missions.layers.predict.held"))
    visitor.press("mission_run").find("mission_watch").wait_for()


def came_out(visitor: Visitor) -> None:
    visitor.open("/missions?mission=5")
    if visitor.find("predict").is_visible():
        watched(visitor)
    visitor.read("mission_result", r"\d", timeout=300)


def asked(visitor: Visitor) -> None:
    came_out(visitor)
    visitor.press("mission_forward").find("question").get_by_role("radio").first.wait_for()


def done(visitor: Visitor) -> None:
    asked(visitor)
    for question in MISSIONS["layers"].questions:
        key = f"missions.layers.questions.{question.name}.choices.{question.right_choice}"
        visitor.choose("question", EN(key).replace("`", ""))
        visitor.press("mission_forward")
    visitor.page.get_by_role("heading", name=EN("missions.page.finished")).wait_for()


def one_step(screen: int) -> Callable[[Visitor], None]:
    def opened(visitor: Visitor) -> None:
        # Run 1 has a film of its training; the newest run may be a taught network, which has none.
        visitor.open("/inside?run=1&part=step")
        step = visitor.page.locator(".onestep .steps button").nth(screen)
        step.click()
        visitor.page.locator(".onestep .steps [aria-current]").and_(step).wait_for()

    return opened


def stepped(visitor: Visitor) -> None:
    visitor.open("/missions?mission=C")
    if visitor.find("screen_runs").is_visible():
        if visitor.find("mission_run").is_visible():
            visitor.press("mission_run")
        visitor.page.locator(".onestep").wait_for()


def predict_both(visitor: Visitor, mission: str, second: str) -> None:
    visitor.choose("predict", EN(f"missions.{mission}.predict.held")).press("mission_forward")
    visitor.choose("predict", EN(f"missions.{mission}.{second}.predict.held")).press("mission_run")
    visitor.read("mission_result", r"\d", timeout=300)


def raced(visitor: Visitor) -> None:
    stepped(visitor)
    if visitor.find("screen_runs").is_visible():
        visitor.press("mission_forward")
        predict_both(visitor, "one_step", "practise")


def wrote(screen: str) -> Callable[[Visitor], None]:
    """Return a function that does mission D up to a screen after its result."""

    def opened(visitor: Visitor) -> None:
        visitor.open("/missions?mission=D&train_images=1000")
        if visitor.find("screen_guesses").is_visible():
            visitor.press("mission_forward")
            predict_both(visitor, "writing", "fact")
        steps = MISSIONS["writing"].step_names
        for earlier in steps[steps.index("watch") : steps.index(screen)]:
            if visitor.find(f"screen_{earlier}").is_visible():
                visitor.press("mission_forward")
                visitor.find(f"screen_{earlier}").wait_for(state="detached")
                # Pressed earlier, the button would lead to this screen once more.
                visitor.wait_until_drawn()
        visitor.find(f"screen_{screen}").wait_for()

    return opened


def at(path: str) -> Callable[[Visitor], object]:
    return lambda visitor: visitor.open(path)


def at_card(key: str) -> Callable[[Visitor], object]:
    return lambda visitor: visitor.open("/teachers").unfold(key).wait_until_drawn()


STATES = {
    "train, finished": finished,
    "draw": at("/draw?dataset=fashion_mnist"),
    "answered": answered,
    "kept": kept,
    "taught": taught,
    "train, taught": lambda visitor: visitor.open("/").find("taught_after").wait_for(),
    "own examples": own_examples,
    "inside": at("/inside"),
    **{f"inside, {part}": at(f"/inside?part={part}") for part in PARTS},
    **{f"inside, one step, {name}": one_step(place) for place, name in enumerate(SCREENS)},
    "inside, guessed": guessed,
    "inside, another image": another_image,
    "compare, unfolded": compare_unfolded,
    "mission": at("/missions?mission=4"),
    "mission, rule": at("/missions?mission=A"),
    "mission, watched": watched,
    "mission, came out": came_out,
    "mission, asked": asked,
    "mission, done": done,
    "mission C, guessed and watched": stepped,
    "mission C, came out": raced,
    "mission D, guessed": at("/missions?mission=D"),
    **{f"mission D, {screen}": wrote(screen) for screen in MISSIONS["writing"].screens_after},
    "glossary": at("/missions?part=glossary"),
    "teacher": at("/teachers"),
    **{f"teacher, {card.widget_key}": at_card(card.widget_key) for card in CARDS},
    "data": at("/data"),
    "workspace": lambda visitor: (
        visitor.open("/data").open_work("work_leave").find("leave_workspace").wait_for()
    ),
    # This state must be the last, because the train page shows the failed run from then on.
    "train, failed": failed,
}
# The states that most visitors see most of the time. Only the long tests check all states in all
# themes and widths, which takes minutes.
MAIN = ("train, finished", "answered", "mission")
LOOKS = [(1280, "light"), (380, "dark")]
FURTHER = [(1280, "dark"), (820, "light"), (820, "dark"), (380, "light")]


@pytest.fixture(scope="module")
def student(server, chromium):
    """A visitor with two finished runs, who uses one window for all states."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    visitor = Visitor(context.new_page(), server.url)
    visitor.train(f"{SHORT}&hidden=64")
    visitor.train_second(f"{SHORT}&hidden=128")
    yield visitor
    context.close()


@pytest.mark.parametrize(("state", "window"), pairs(MAIN, LOOKS))
def test_no_rule_is_broken(student, state, window):
    STATES[state](student)
    assert_unbroken(student, [window])


@pytest.mark.long
def test_no_rule_is_broken_before_the_first_run(visit):
    visitor = visit("/")
    for topic in ("network", "training", "data"):
        # The next expander moves down while the content of the previous one is loading, so wait.
        visitor.wait_until_drawn()
        visitor.unfold(f"topic_{topic}")
        visitor.find(f"topic_{topic}").locator("input").first.wait_for()
    assert_unbroken(visitor, LOOKS)


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
def test_no_rule_is_broken_in_any_look(student, state):
    STATES[state](student)
    assert_unbroken(student, LOOKS + FURTHER)


def assert_unbroken(visitor: Visitor, looks: list[tuple[int, str]]) -> None:
    ours = []
    for width, theme in looks:
        put_on(visitor, width, theme)
        assert visitor.page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
        assert visitor.page.locator('[data-testid="stException"]').count() == 0
        ours += [f"{width} px, {theme}: {found}" for found in look(visitor.page)]
    assert not ours, "\n" + "\n".join(ours)


def put_on(visitor: Visitor, width: int, theme: str) -> None:
    """Change the window's size and the theme of an open page, and wait until the page follows."""
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "dark => (getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark') === dark",
        arg=theme == "dark",
    )
    visitor.wait_until_drawn()


# axe-core does not check the text of pictures, a button while its popover covers the page, nor code
# that is scrolled out of view. This JavaScript function returns each word of a chart, each open
# popover's button and each word of code with its colour and the colour of the background below it.
WORD_COLOURS = """() => {
  const paper = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const seen = (colour) => {
    canvas.fillStyle = paper;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const shown = (word, property, ground = paper) =>
    [word.textContent, seen(getComputedStyle(word)[property]), seen(ground)];
  const words = [...document.querySelectorAll(".js-plotly-plot text")].filter((word) => word.textContent.trim());
  const opened = [...document.querySelectorAll("button[aria-expanded=true] p")];
  const code = [...document.querySelectorAll(".stCode .token")];
  return [
    words.map((word) => shown(word, "fill")),
    opened.map((word) => shown(word, "color")),
    code.map((word) => shown(word, "color", getComputedStyle(word.closest("pre")).backgroundColor)),
  ];
}"""


def luminance(colour: list[int]) -> float:
    red, green, blue = (
        c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def assert_readable(words: list[tuple[str, list[int], list[int]]], theme: str) -> None:
    assert words
    for word, *colours in words:
        dark, light = sorted(map(luminance, colours))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (theme, word, colours)


def test_the_words_of_charts_and_of_open_popovers_have_4_5_to_1(student):
    student.open("/compare").find("overlay").locator(".xtick").first.wait_for(state="attached")
    student.find("compare_sure").locator("summary").click()
    student.find("chance_words").get_by_role("button").first.click()
    student.page.locator("button[aria-expanded=true]").wait_for()
    for theme in ("light", "dark"):
        put_on(student, 1280, theme)
        words, opened, _ = student.page.evaluate(WORD_COLOURS)
        assert_readable(words, theme)
        assert_readable(opened, theme)


def test_the_words_of_code_have_4_5_to_1(student):
    finished(student)
    for theme in ("light", "dark"):
        put_on(student, 1280, theme)
        assert_readable(student.page.evaluate(WORD_COLOURS)[2], theme)
