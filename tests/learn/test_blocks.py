"""What the compiled graph of a block of training steps consists of."""

import tensorflow as tf

from fvapp.core.settings import preset_settings
from fvapp.learn.blocks import Batches, CompiledProgram, Hyperparameters, TrainingState
from fvapp.learn.build import initial_weights


def test_a_convolutional_network_is_differentiated_in_a_graph_without_a_circle():
    settings = preset_settings("cnn", "fashion_mnist")
    functions = {
        function.signature.name: (
            {node.op for node in function.node_def},
            function.attr["_noinline"].b,
        )
        for function in graph_of_training(settings).library.function
    }
    (loop,) = [ops for name, (ops, _) in functions.items() if "while_body" in name]
    assert "MaxPoolGrad" not in loop
    # These operations are in a separate function, which TensorFlow must not inline.
    (apart,) = [
        noinline for ops, noinline in functions.values() if {"MaxPool", "MaxPoolGrad"} <= ops
    ]
    assert apart


def graph_of_training(settings) -> tf.compat.v1.GraphDef:
    program = CompiledProgram(settings)
    weights = [tf.constant(weight) for weight in initial_weights(settings)]
    slots = [tf.zeros_like(weight) for weight in weights for _ in range(2)]
    batches = Batches(
        tf.zeros((200, 28, 28), tf.uint8),
        tf.zeros(200, tf.uint8),
        tf.zeros((program.max_steps_per_call, settings.batch_size), tf.int32),
        step_count=tf.constant(1),
        image_count=tf.constant(settings.batch_size),
    )
    given = Hyperparameters(
        tf.constant(255.0), tf.constant(0.001), tf.constant(0.0), tf.constant(1)
    )
    traced = program.train.get_concrete_function(
        TrainingState(weights, slots, tf.constant(0)), batches, given
    )
    return traced.graph.as_graph_def()
