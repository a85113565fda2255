"""Changed images: the fewest pixels, robustness, the wheel of changes, neighbours and frames."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import ndimage

from fvapp.core.datasets import Dataset
from fvapp.core.inspection import fewest
from fvapp.core.inspection.fewest import (
    change_fewest_pixels,
    images_with_more_changed_pixels,
    invert_to_black_and_white,
    lead_share_removed_per_pixel,
    logit_leads,
    rank_pixels_by_slope,
)
from fvapp.core.inspection.frames import frames_from_bytes, frames_to_bytes
from fvapp.core.inspection.neighbours import (
    count_neighbour_classes,
    merge_nearest_images,
    nearest_images,
)
from fvapp.core.inspection.questions import (
    ChangedImageAccuracyQuestion,
    make_numpy_feature_extractor,
)
from fvapp.core.inspection.robustness import (
    CHANGES,
    LINEAR,
    UNCHANGED,
    change_images,
    make_linear_change,
    stratified_sample,
)
from fvapp.core.inspection.wheel import (
    class_points_on_circle,
    jitter_positions,
    order_classes_on_wheel,
    place_images_on_wheel,
)
from random_networks import random_images, random_network
from refusal import refused

KINDS = [
    {},
    {"hidden": (12, 9), "activation": "tanh"},
    {"hidden": ()},
    {"hidden": (300, 800)},
    {"network": "cnn"},
]


@pytest.mark.parametrize("at_ink", [False, True])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_fewest_pixels_change_the_answer_and_are_black_or_white(kind, at_ink):
    network = random_network(**kind)
    for image in random_images(3, 4):
        before = int(network.logits(image[None])[0].argmax())
        changed = change_fewest_pixels(network, image, at_ink=at_ink)
        assert int(network.logits(changed.image[None])[0].argmax()) == changed.new_label != before
        differing = set(
            zip(*(axis.tolist() for axis in np.nonzero(changed.image != image)), strict=True)
        )
        assert differing == set(changed.changed_pixels)
        assert len(changed.changed_pixels) == len(differing)
        assert all(changed.image[place] in (0, 255) for place in changed.changed_pixels)
        assert changed.tried_every_pixel == (
            kind not in ({"hidden": (300, 800)}, {"network": "cnn"})
        )
        if at_ink:
            grown = ndimage.binary_dilation(
                image > 0, np.ones((3, 3)), iterations=len(changed.changed_pixels)
            )
            assert all(grown[place] for place in changed.changed_pixels)


def test_a_target_class_is_reached_and_none_is_returned_where_no_change_is_needed_or_found(
    monkeypatch,
):
    network = random_network()
    image = random_images(1)[0]
    before = int(network.logits(image[None])[0].argmax())
    target = (before + 3) % 10
    changed = change_fewest_pixels(network, image, target)
    assert changed.new_label == int(network.logits(changed.image[None])[0].argmax()) == target
    assert change_fewest_pixels(network, image, before) is None
    monkeypatch.setattr(fewest, "MOST_PIXELS", len(changed.changed_pixels) - 1)
    assert change_fewest_pixels(network, image, target) is None
    monkeypatch.undo()
    assert change_fewest_pixels(network, image, gives_up=lambda: True) is None
    assert change_fewest_pixels(random_network(output_units=1), image) is None


@pytest.mark.parametrize("seed", range(4))
def test_no_fewer_pixels_than_the_one_or_two_found_change_the_answer(seed):
    network = random_network(seed)
    image = random_images(1, seed)[0]
    before = int(network.logits(image[None])[0].argmax())
    changed = change_fewest_pixels(network, image)
    fewer = min(len(changed.changed_pixels) - 1, 1)
    for count in range(1, fewer + 1):
        tries = []
        for places in combinations(range(784), count):
            for values in product((0, 255), repeat=count):
                tried = image.copy()
                tried.flat[list(places)] = values
                tries.append(tried)
        assert (network.logits(np.stack(tries)).argmax(axis=1) == before).all()


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ([4.0], []),
        ([4.0, 3.0, 1.0], [0.25, 0.5]),
        # The second change lowers the lead by 2, and the third raises it again by 1.5.
        ([4.0, 3.0, 1.0, 2.5, 2.0], [0.25, 0.125, 0, 0.125]),
        ([4.0, 3.0, 5.0], [0, 0]),
        ([4.0, 1.0, -2.0], [0.75, 0.25]),
        ([4.0, -2.0, 1.0], [0.75, 0]),
        ([0.0, -1.0], [0]),
    ],
)
def test_a_pixel_that_restores_lead_reduces_the_shares_of_earlier_pixels(course, expected):
    assert lead_share_removed_per_pixel(course) == pytest.approx(expected)


def test_turned_pixels_come_one_by_one_and_each_has_its_lead():
    network = random_network()
    (image,) = random_images(1)
    places = [3, 400, 783]
    images = images_with_more_changed_pixels(image, invert_to_black_and_white(image), places)
    assert len(images) == 4 and (images[0] == image).all()
    for number in range(1, 4):
        differing = np.flatnonzero(images[number] != images[number - 1])
        assert differing.tolist() == [places[number - 1]]
    assert set(np.unique(images[3].ravel()[places])) <= {0, 255}
    logits = network.logits(images)
    label = int(logits[0].argmax())
    expected = [row[label] - np.delete(row, label).max() for row in logits]
    assert logit_leads(logits, label) == pytest.approx(expected)
    assert logit_leads(logits, label)[0] > 0


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_steepest_pixel_has_the_slope_of_a_small_step(kind):
    network = random_network(**kind)
    (image,) = random_images(1)
    label = int(network.logits(image[None])[0].argmax())
    order = rank_pixels_by_slope(network, image, label)
    assert sorted(order.tolist()) == list(range(784))
    after = invert_to_black_and_white(image).astype(float)
    begin = logit_leads(network.logits(image[None]), label)[0]

    def taken(place: int) -> float:
        """Return how much the answer's lead shrinks when a pixel moves 1% towards its new value."""
        moved = image.astype(float)
        moved.flat[place] += (after.flat[place] - moved.flat[place]) / 100
        return begin - logit_leads(network.logits(moved[None]), label)[0]

    assert taken(order[0]) > taken(order[392]) > taken(order[-1])


def moved(
    image: np.ndarray, angle: float = 0.0, factor: float = 1.0, shift: float = 0.0
) -> np.ndarray:
    """Turn, enlarge and shift an image around its middle with SciPy."""
    angle = np.deg2rad(angle)
    middle = np.array([13.5, 13.5])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / factor
    offset = middle - turn @ (middle + np.array([0.0, shift]))
    return ndimage.affine_transform(
        image.astype(float), turn, offset, order=1, mode="grid-constant", cval=0.0
    )


def thickened(image: np.ndarray, strength: int) -> np.ndarray:
    change = ndimage.grey_dilation if strength > 0 else ndimage.grey_erosion
    for _ in range(abs(strength)):
        padded = np.pad(image, 1, mode="edge")
        image = change(padded, footprint=ndimage.generate_binary_structure(2, 1))[1:-1, 1:-1]
    return image


AS_SCIPY = {
    "shift": lambda image, strength: moved(image, shift=strength),
    "rotate": lambda image, strength: moved(image, angle=strength),
    "scale": lambda image, strength: moved(image, factor=strength),
    "blur": lambda image, strength: ndimage.gaussian_filter(
        image.astype(float), strength, mode="constant"
    ),
    "thickness": thickened,
}


@pytest.mark.parametrize("name", AS_SCIPY)
def test_changed_images_equal_those_of_scipy(name):
    # The images are rounded to whole grey values, so they may differ by half a value.
    images = random_images(3)
    most = 0 if name == "thickness" else 0.51
    for strength in CHANGES[name]:
        for image, found in zip(images, change_images(images, name, strength), strict=True):
            assert np.abs(found - AS_SCIPY[name](image, strength).astype(float)).max() <= most


def test_a_positive_angle_turns_counter_clockwise_and_a_positive_shift_goes_right():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 13:15, 22:26] = 255
    assert change_images(image, "rotate", 90)[0, 2:6, 13:15].min() > 250
    assert change_images(image, "shift", 2)[0, 13:15, 24:28].min() == 255


@pytest.mark.parametrize("name", CHANGES)
def test_unchanged_is_among_the_strengths_and_changes_nothing(name):
    assert UNCHANGED[name] in CHANGES[name] and len(CHANGES[name]) == 9
    images = random_images(4)
    assert np.array_equal(change_images(images, name, UNCHANGED[name]), images)
    assert not np.array_equal(change_images(images, name, CHANGES[name][-1]), images)


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize(
    "kind", [{"hidden": ()}, {"normalisation": False}, {"hidden": (12, 9)}], ids=str
)
def test_a_change_folded_into_the_first_weights_equals_the_change_of_the_images(name, kind):
    network = random_network(**kind)
    images = random_images(20)
    for strength in CHANGES[name][::3]:
        change = make_linear_change(name, strength)
        on_images = (change.matrix @ images.reshape(20, -1).T.astype(np.float32)).T + change.offset
        expected = network.logits(on_images.reshape(-1, 28, 28))
        assert np.allclose(
            change.fold_change_into_network(network).logits(images),
            expected,
            rtol=1e-3,
            atol=1e-3 * np.abs(expected).max(),
        )


def test_noise_differs_in_strength_alone():
    images = np.full((2, 28, 28), 128, np.uint8)
    weak, strong = (change_images(images, "noise", s).astype(int) - 128 for s in (10, 20))
    assert np.abs(strong - 2 * weak).max() <= 2
    assert np.array_equal(change_images(images, "noise", 20), change_images(images, "noise", 20))


def test_the_accuracy_of_a_change_is_that_of_the_changed_images():
    images = random_images(60)
    for kind in ({}, {"network": "cnn"}):
        network = random_network(**kind)
        labels = network.logits(images).argmax(axis=1)
        dataset = Dataset("mnist", images[:0], labels[:0], images, labels)
        right = [
            ChangedImageAccuracyQuestion(60, "shift", strength).compute_answer(
                make_numpy_feature_extractor(network), dataset
            )
            for strength in (0, 6)
        ]
        assert list(right[0]) == [60, 60]
        expected = np.sum(
            network.logits(change_images(images, "shift", 6)).argmax(axis=1) == labels
        )
        assert list(right[1]) == [expected, 60]


def test_a_sample_is_drawn_from_all_parts_with_the_shares_of_the_classes():
    labels = np.repeat(np.arange(10), 500)[np.random.default_rng(0).permutation(5_000)]
    sample = stratified_sample(labels, 1_000)
    assert len(set(sample)) == 1_000 and list(sample) == sorted(sample)
    assert np.abs(np.bincount(labels[sample]) - 100).max() <= 1
    assert np.abs(np.histogram(sample, 5, (0, 5_000))[0] - 200).max() < 50
    assert np.array_equal(stratified_sample(labels[:30], 1_000), np.arange(30))


def test_confused_classes_stand_side_by_side_on_the_wheel():
    confusion = np.diag(np.full(10, 50))
    for label, answer, count in ((3, 5, 9), (5, 8, 7), (4, 9, 8), (0, 6, 2)):
        confusion[label, answer] = count
    order = order_classes_on_wheel(confusion).tolist()
    assert sorted(order) == list(range(10)) and order[0] == 0
    around = [frozenset((order[i], order[(i + 1) % 10])) for i in range(10)]
    assert {frozenset((3, 5)), frozenset((5, 8)), frozenset((4, 9))} <= set(around)
    assert sorted(order_classes_on_wheel(np.diag(np.full(10, 5)))) == list(range(10))


def test_a_sure_image_lies_at_its_class_and_one_in_doubt_between():
    points = class_points_on_circle(np.arange(10))
    assert np.allclose(np.hypot(*points.T), 1) and np.allclose(points[0], (0, 1))
    logits = np.zeros((3, 10))
    logits[0, 7] = 100
    logits[1, [2, 3]] = 100
    placed = place_images_on_wheel(logits, points)
    assert np.allclose(placed[0], points[7], atol=1e-6)
    assert np.allclose(placed[1], (points[2] + points[3]) / 2, atol=1e-6)
    assert np.allclose(placed[2], 0, atol=1e-9)
    assert jitter_positions(500).shape == (500, 2) and np.abs(jitter_positions(500)).max() < 0.2


def test_nearest_images_equal_a_brute_force_search_whatever_the_blocks():
    generator = np.random.default_rng(0)
    vectors = generator.integers(0, 256, (700, 784)).astype(np.uint8)
    vectors[650] = vectors[20]
    wanted = vectors[20]
    parts = [
        nearest_images(begin, vectors[begin : begin + 128], wanted) for begin in range(0, 700, 128)
    ]
    images, found = merge_nearest_images(*map(np.concatenate, zip(*parts, strict=True)))
    distances = np.linalg.norm(vectors.astype(float) - wanted, axis=1)
    expected = np.lexsort((np.arange(700), distances))[:9]
    assert np.array_equal(images, expected)
    assert list(images[:2]) == [20, 650]
    assert np.allclose(np.sqrt(found), distances[expected], rtol=1e-3, atol=1)


def test_votes_are_counted_the_most_frequent_first():
    assert count_neighbour_classes(np.array([4, 0, 4, 6, 4, 0, 4, 0, 6])) == [
        (4, 4),
        (0, 3),
        (6, 2),
    ]


@pytest.mark.parametrize("content", [b"", b"nothing", frames_to_bytes([])[:80]])
def test_bytes_that_are_not_frames_are_refused(content):
    with refused("frames_unusable"):
        frames_from_bytes(content)
