"""Gets pictures from the canvas, files and test images, and shows and stores them."""

from fvapp.ui.pictures.canvas import (
    clear_canvas,
    draw_canvas,
    read_canvas_drawing,
    read_last_drawing_image,
)
from fvapp.ui.pictures.file_field import draw_examples_field, draw_run_file_field
from fvapp.ui.pictures.kept_drawings import (
    all_kept_drawings,
    count_drawings,
    delete_drawing,
    drawings_of_run,
    keep_drawing,
)
from fvapp.ui.pictures.picture_sources import (
    ChosenPicture,
    draw_canvas_or_picture,
    draw_canvas_source,
    draw_other_picture_sources,
    draw_picture_upload,
    draw_test_image_picker,
    draw_typed_text_field,
    read_chosen_picture,
    return_to_canvas,
    set_test_image,
)
from fvapp.ui.pictures.pixels import draw_pixel_numbers
from fvapp.ui.pictures.shown_picture import draw_picture
from fvapp.ui.pictures.tiles import TileClick, TileMark, draw_tiles, tile_cell_hint
