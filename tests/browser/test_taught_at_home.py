"""A take-home page is taught: what it learns and forgets, what it saves, and what it can open."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

import fvapp.core.export
from axe import look
from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.datasets import Dataset
from fvapp.core.export.at_home import write_take_home_page
from fvapp.core.export.packing import array_to_base64, pack_network
from fvapp.core.inspection.learning import learn_images_once
from fvapp.core.inspection.network import Network
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples
from fvapp.i18n import Translator
from fvapp.ui.server.handing import SANDBOXED
from hands import draw_digit
from random_networks import random_network
from shipped_sets import load_shipped
from stored import DONE
from taught_pages import data_of, opened_scripts, save, wait_until_ready

EN = Translator("en")
PAGE = Path(fvapp.core.export.__file__).parent / "page"


@pytest.fixture(scope="module")
def trained() -> Network:
    """Return a network that has learned digits from 12,800 images."""
    data = load_shipped("mnist")
    labels = np.asarray(data.y_train[:12_800]).astype(int)
    return learn_images_once(random_network(hidden=(32,)), data.x_train[:12_800], labels, 0.1, 32)


def file_of(
    network: Network,
    folder: Path,
    dataset: Dataset | None = None,
    name: str = "page.html",
    **record,
) -> Path:
    data = dataset or load_shipped("mnist")
    settings = RunSettings(dataset=data.name, hidden=(32,))
    run = replace(DONE, settings=settings, **record)
    path = folder / name
    path.write_bytes(write_take_home_page(network, data, EN, record=run))
    return path


def keep(page, label: int, name: str) -> None:
    """Draw a digit, and keep it as an example of the class with this name."""
    before = page.locator(".strip button").count()
    if page.locator(".clear").get_attribute("aria-disabled") == "false":
        page.locator(".clear").click()
    draw_digit(page, label)
    page.locator(".labels button", has_text=re.compile(f"^{name}$")).click()
    expect(page.locator(".strip button")).to_have_count(before + 1)


def act(page, button: str) -> None:
    page.locator(f".teach-{button}").first.click()
    wait_until_ready(page)


def share(page) -> list[float]:
    return [float(each) for each in re.findall(r"([\d.]+)%", page.locator(".score").inner_text())]


def own_right(page) -> list[int]:
    """Return how many of the visitor's examples the network reads correctly, before and after."""
    said = page.locator(".own-score").inner_text()
    return [*map(int, re.search(r": (\d+) → (\d+) of", said).groups())]


SAID = """async () => {
  const said = [], drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const button of document.querySelectorAll(".tests button")) {
    button.click();
    await drawn();
    said.push(document.querySelector(".words").textContent);
  }
  return said;
}"""


def answers(page) -> list[str]:
    """Return the page's answer to each of its ten test images."""
    page.bring_to_front()  # Chromium does not draw a page in the background
    return page.evaluate(SAID)


def test_a_lie_is_learned_undone_saved_and_opened_again(opened, trained, tmp_path):
    page = wait_until_ready(opened(file_of(trained, tmp_path)))
    (came,) = share(page)
    for label in (1, 3, 7):
        keep(page, label, str(label - 1))
    first = answers(page)
    act(page, "go")
    before, mixed = share(page)
    assert before == came and mixed > came - 8
    # The examples have false labels, which contradict the training images that are mixed in.
    assert own_right(page)[0] == 0 and own_right(page)[1] >= 2
    assert (
        page.locator(".since").is_visible() and f"{mixed}%" in page.locator(".since").inner_text()
    )
    act(page, "undo")
    assert share(page) == [came] and answers(page) == first and page.locator(".since").is_hidden()
    page.locator(".teach-mix").uncheck()
    act(page, "go")
    # If no training images are mixed in, the network visibly forgets what it had learned.
    assert share(page)[1] < mixed - 2 and own_right(page) == [0, 3]
    taught = answers(page)
    assert data_of(save(page, tmp_path / "bare.html", examples=False))["examples"] == []
    file = save(page, tmp_path / "saved.html")
    again = wait_until_ready(opened(file))
    assert answers(again) == taught and share(again) == share(page)[1:]
    assert again.locator(".strip button").count() == 3 and again.locator(".since").is_visible()
    act(page, "undo")
    page.locator(".teach-open").set_input_files(file)
    expect(page.locator(".teach-said")).to_have_text(EN("at_home.teach.opened", n=3))
    assert answers(page) == taught
    act(page, "undo")
    assert answers(page) == first  # opening a file can be undone without loss


def test_one_step_lowers_the_loss_and_shows_which_weights_moved(opened, trained, tmp_path):
    page = wait_until_ready(opened(file_of(trained, tmp_path)))
    keep(page, 4, "9")
    page.locator(".teach-step").click()
    page.locator(".step").wait_for()
    said = page.locator(".step-words").inner_text()
    loss, after = re.search(r"from (\d+\.\d+) to (\d+\.\d+)", said).groups()
    assert float(after) < float(loss)
    page.locator(".step-numbers summary").click()
    rows = page.locator(".step-numbers tbody tr").all()
    numbers = np.array([row.locator("td").all_inner_texts() for row in rows], float)
    assert len(rows) == 8
    assert np.allclose(numbers[:, 2], numbers[:, 0] - 0.01 * numbers[:, 1], atol=2e-5)


def test_it_starts_from_nothing_and_ten_changes_can_be_undone(opened, trained, tmp_path):
    page = wait_until_ready(opened(file_of(trained, tmp_path)))
    (came,) = share(page)
    act(page, "new")
    assert 60 < share(page)[1] < came
    assert (
        page.locator(".since")
        .inner_text()
        .startswith(EN("at_home.teach.since_anew", steps=160, n=0)[:60])
    )
    keep(page, 4, "9")
    for _ in range(11):
        act(page, "step")
    for _ in range(10):
        act(page, "undo")
    assert page.locator(".teach-undo").get_attribute("aria-disabled") == "true"
    assert look(page) == []


def drawn_set(names: tuple[str, ...]) -> Dataset:
    chance = np.random.default_rng(1)
    labels = np.repeat(np.arange(len(names)), 4).astype(np.uint8)
    images = chance.integers(0, 256, (len(labels), 28, 28), np.uint8)
    return Dataset(make_own_dataset_name(names), images, labels, images, labels)


def test_a_network_of_own_drawings_learns_without_any_of_them(opened, tmp_path):
    data = drawn_set(("cat", "house"))
    network = random_network(dataset=data.name, hidden=(16,))
    path = file_of(network, tmp_path, data, examples=OwnExamples(8, 8, "digest"))
    assert data_of(path)["teach"] == {"old": None, "tests": None}
    page = wait_until_ready(opened(path))
    assert (
        page.locator(".untested").inner_text() == EN("at_home.act.untested")
        and page.locator(".teach-mix").is_hidden()
    )
    keep(page, 1, "cat")
    keep(page, 0, "house")
    act(page, "go")
    found = re.search(
        r"of 2\. Their loss: (\d+\.\d+) → (\d+\.\d+)", page.locator(".own-score").inner_text()
    )
    assert float(found[2]) < float(found[1]) and page.locator(".score").inner_text() == ""
    act(page, "new")
    assert (
        EN("at_home.teach.done", steps=5, seconds="").partition(",")[0]
        in page.locator(".teach-said").inner_text()
    )


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"network": "cnn"}, "learning_convolutional"),
        ({"normalisation": False}, "learning_raw_pixels"),
        ({"output_units": 5}, "learning_outputs"),
    ],
)
def test_what_cannot_learn_in_the_file_says_why(opened, tmp_path, settings, why):
    network = random_network(dataset="mnist", **settings)
    page = opened(file_of(network, tmp_path))
    assert page.locator(".teach").inner_text().endswith(EN(f"at_home.why.{why}"))
    assert page.locator(".labels, .teach-go").count() == 0


def test_the_page_that_is_handed_to_phones_saves_and_opens_too(
    optimizing_chromium, trained, tmp_path
):
    """The server hands this page to phones with a policy that gives it an opaque origin."""
    path = file_of(trained, tmp_path)
    headers = SANDBOXED | {"Content-Type": "text/html"}
    context = optimizing_chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=path.read_bytes(), headers=headers))
    page.goto("http://fvapp.test/at-home/code")
    assert page.evaluate("self.origin") == "null"
    wait_until_ready(page)
    keep(page, 1, "7")
    act(page, "go")
    file = save(page, tmp_path / "phone.html")
    act(page, "undo")
    page.locator(".teach-open").set_input_files(file)
    expect(page.locator(".teach-said")).to_have_text(EN("at_home.teach.opened", n=1))
    context.close()


READS = "".join(
    (PAGE / name).read_text(encoding="utf-8")
    for name in ("preparation.js", "network.js", "saved.js")
)
REASONS = ("strange", "damaged", "later", "other", "cannot_learn")
MUTATED = """([text, rows, seed, times]) => {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (most) => Math.floor(random() * most), any = (values) => values[below(values.length)];
  const [head, plain] = text.split('id="data">'), end = "<" + "/script>";
  const wild = [
    null, true, -1, 0, 1.5, 1e9, 1e99, "", "x", "<img src=x onerror=alert(1)>", "https://example.org/", [], {}, [[]],
    "AAAA", "__proto__", "relu", 2 ** 53, ["a"], { bits: 16, data: "AAAA", scales: "AAAA" },
  ];
  const nodes = (value, found = []) => {
    if (value && typeof value === "object") for (const key of Object.keys(value)) {
      found.push([value, key]);
      nodes(value[key], found);
    }
    return found;
  };
  const changeText = (whole) => {
    const from = below(whole.length), to = Math.min(whole.length, from + 1 + below(60)), some = whole.slice(from, to);
    return any([
      () => whole.slice(0, from),
      () => whole.slice(0, from) + whole.slice(to),
      () => whole.slice(0, from) + some + whole.slice(from),
      () => whole.slice(0, from) + String.fromCharCode(below(0xffff)) + whole.slice(from + 1),
      () => whole.slice(0, from) + any(["}", "]", '"', "\\\\", end, "NaN", "1e999", "<!--"]) + whole.slice(from),
    ])();
  };
  const changeData = (data) => {
    for (let times = 1 + below(3); times; times--) {
      const [parent, key] = any(nodes(data)), kind = below(4);
      if (kind === 0) delete parent[key];
      else if (kind === 1 && typeof parent[key] === "number") parent[key] += any([1, -1, 0.5, 1e6]);
      else if (kind === 1 && typeof parent[key] === "string") parent[key] = changeText(parent[key] || "x");
      else parent[key] = any(wild);
    }
    return data;
  };
  const counts = {}, wrong = [];
  for (let time = 0; time < times; time++) {
    const whole = `${head}id="data">${plain}`, data = JSON.parse(plain.slice(0, plain.indexOf(end)));
    const forged = () => JSON.stringify(changeData(data)).replaceAll("<", "\\\\u003c");
    const made = time % 2 ? changeText(whole) : `${head}id="data">${forged()}${end}`;
    let said = "opened";
    try {
      const { names, network, examples, taught } = readSaved(made, rows);
      const shares = network.shares(network.walk(new Uint8Array(784).fill(255)).at(-1).values);
      const sound = [
        shares.every((each) => each >= 0 && each <= 1),
        examples.every(({ pixels, label }) => pixels.length === 784 && label < shares.length),
        (names ?? []).every((name) => typeof name === "string" && name.length <= 16),
        Number.isInteger(taught.steps),
      ];
      if (sound.includes(false)) wrong.push(made.slice(0, 3000));
    } catch (error) {
      said = error.message;
      if (!(error instanceof Refused)) wrong.push(`${error.stack}`);
    }
    counts[said] = (counts[said] ?? 0) + 1;
  }
  return { counts, wrong };
}"""


@pytest.mark.parametrize("times", [300, pytest.param(5_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("own", [False, True])
def test_a_file_that_was_cut_changed_or_forged_opens_whole_or_not_at_all(
    optimizing_chromium, times, own
):
    network = random_network(
        hidden=(4,), **({"dataset": make_own_dataset_name(["cat", "house"])} if own else {})
    )
    images = load_shipped("mnist").x_train[:3].reshape(3, 784)
    data = {
        "version": 1,
        "set": "own" if own else "mnist",
        "lines": True,
        "names": ["cat", "house"] if own else list("0123456789"),
        "network": pack_network(network, 16),
        "examples": [
            {"pixels": array_to_base64(image), "label": at % 2} for at, image in enumerate(images)
        ],
        "taught": {"steps": 60, "examples": 3, "anew": False},
    }
    text = f'<!doctype html><title>x</title><script id="data">{json.dumps(data)}</script>'
    rows = {"mnist": {"lines": True, "classes": 10}, "own": {"lines": True}}
    with opened_scripts(optimizing_chromium, READS, "readSaved, Refused") as page:
        count = "([text, rows]) => readSaved(text, rows).examples.length"
        assert page.evaluate(count, [text, rows]) == 3
        found = page.evaluate(MUTATED, [text, rows, times, times])
    assert found["wrong"] == []
    assert found["counts"].keys() <= {"opened", *REASONS} and sum(found["counts"].values()) == times
    assert (
        found["counts"]["opened"] < times / 2 and {"strange", "damaged"} <= found["counts"].keys()
    )


def forged(change) -> str:
    data = {"version": 1, "set": "mnist", "lines": True, "names": list("0123456789")}
    data |= {
        "network": pack_network(random_network(hidden=(4,)), 16),
        "examples": [],
        "taught": None,
    }
    change(data)
    return f'<script id="data">{json.dumps(data)}</script>'


FORGED = {
    "strange": "<h1>my homework</h1><script>document.title = 'taken'</script>",
    "later": forged(lambda data: data.update(version=2, network="of a kind that nobody knows yet")),
    "other": forged(lambda data: data.update(set="fashion_mnist")),
    "cannot_learn": forged(
        lambda data: data.update(network=pack_network(random_network(network="cnn"), 16))
    ),
    "damaged": forged(
        lambda data: data["network"]["steps"][1]["kernel"].update(
            data="<img src=x onerror='taken()'>"
        )
    ),
    "too_large": "x" * 8_000_001,
}


def test_a_file_that_is_refused_is_said_to_be_so_in_one_sentence_and_changes_nothing(
    opened, trained, tmp_path
):
    page = wait_until_ready(opened(file_of(trained, tmp_path)))
    score = share(page)
    title = page.title()
    first = answers(page)
    for why, text in FORGED.items():
        (tmp_path / "forged.html").write_text(text, encoding="utf-8")
        page.locator(".teach-open").set_input_files(tmp_path / "forged.html")
        expect(page.locator(".teach-said")).to_have_text(EN(f"at_home.teach.{why}"))
    assert (share(page), page.title(), answers(page)) == (score, title, first)


def test_a_file_of_the_version_before_opens_and_goes_on(opened, trained, tmp_path):
    page = wait_until_ready(opened(file_of(trained, tmp_path)))

    def as_before(data):
        for name in ("version", "set", "examples", "taught"):
            del data[name]

    (tmp_path / "before.html").write_text(forged(as_before), encoding="utf-8")
    page.locator(".teach-open").set_input_files(tmp_path / "before.html")
    expect(page.locator(".teach-said")).to_have_text(EN("at_home.teach.opened", n=0))
