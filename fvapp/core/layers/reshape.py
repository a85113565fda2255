"""An image as one map, which is what a convolution takes."""

from dataclasses import dataclass

from fvapp.core.layer import Layer, Shape


@dataclass(frozen=True)
class ReshapeLayer(Layer):
    """Adds the axis of channels. It has no step: networks in NumPy take their images as maps anyway."""

    kind = "reshape"
    keras_class = "Reshape"
    drawn = ""

    @property
    def output_shape(self) -> Shape:
        return (*self.input_shape, 1)

    @property
    def keras_arguments(self) -> tuple[object, ...]:
        return (self.output_shape,)

    def forward(self, tf, x, kernel, arithmetic):
        return tf.reshape(x, (-1, *self.output_shape))


LAYER = ReshapeLayer
