"""Every kind of layer in the table works with all code that walks through a network's layers."""

import numpy as np
import pytest

from fvapp.core.export.at_home import layer_scripts
from fvapp.core.export.packing import pack_network
from fvapp.core.inspection.covering import gradient_times_input
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.helping import filter_help_by_place, last_feature_map_step, rank_units
from fvapp.core.inspection.neuron import write_out_sum
from fvapp.core.inspection.surgery import ablated_logits, count_units
from fvapp.core.layers import LAYERS
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from random_networks import random_images, random_weights, varied_networks

NETWORKS = varied_networks()


def as_text(settings: RunSettings) -> str:
    return str(settings.to_query())


def test_every_kind_of_layer_is_in_a_network():
    used = {type(layer) for settings in NETWORKS for layer in describe_layers(settings)}
    assert used == set(LAYERS.values())


@pytest.mark.parametrize("settings", NETWORKS, ids=as_text)
def test_slopes_are_those_of_the_logits(settings):
    network = _with_smooth_activation(settings)
    image = random_images(1)[0]
    heat = gradient_times_input(network, image, 3)
    darker = (image * 0.999).astype(np.float32)
    fell = network.logits(image[None].astype(np.float32))[0] - network.logits(darker[None])[0]
    assert heat.sum() * 0.001 == pytest.approx(fell[3] - fell.mean(), abs=2e-4)


@pytest.mark.parametrize("settings", NETWORKS, ids=as_text)
def test_every_layer_with_units_can_be_written_out_and_ablated(settings):
    network = network_of_run(settings, random_weights(settings))
    image = random_images(1)[0]
    trace = network.trace_images(image[None])
    for place, each in enumerate(trace[:-1]):
        if each.step.shown_as:
            unit = int(rank_units(network, trace, 0, place).units_by_help[0])
            at = (0, 0) if each.step.shown_as == "maps" else ()
            written = write_out_sum(each, unit, at or None)
            sizes = [abs(product.product) for product in written.largest_products]
            products = (
                sum(product.product for product in written.largest_products)
                + written.other_products_sum
            )
            assert sizes == sorted(sizes, reverse=True) and len(sizes) <= 10
            assert written.total == pytest.approx(products + written.bias, abs=1e-4)
            assert written.total == pytest.approx(float(each.sums[0][at][unit]), abs=1e-4)
            assert written.neuron_value == pytest.approx(float(each.values[0][at][unit]), abs=1e-4)
    if network.is_convolutional:
        assert filter_help_by_place(network, trace, 0, last_feature_map_step(trace)).ndim == 3
    nothing_off = ablated_logits(network, image, np.array([], int))
    assert np.allclose(nothing_off, network.logits(image[None])[0], atol=1e-4)
    assert np.allclose(
        ablated_logits(network, image, np.arange(count_units(network))),
        network.last_step.bias,
        atol=1e-4,
    )


@pytest.mark.parametrize("settings", NETWORKS, ids=as_text)
def test_a_page_to_take_home_has_a_function_for_each_packed_step(settings):
    network = network_of_run(settings, random_weights(settings))
    for step in pack_network(network, 8)["steps"]:
        assert f"{step['kind']}: " in layer_scripts()


def _with_smooth_activation(settings: RunSettings):
    """Return the network with the smooth activation tanh in place of its activation."""
    smooth = settings.with_values(activation="tanh")
    return network_of_run(smooth, random_weights(smooth))
