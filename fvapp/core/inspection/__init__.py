"""Looking inside a network: what it computes between an image and its shares, in NumPy alone.

One module per subject. All of them work on a :class:`~fvapp.core.inspection.network.Network`, made
from the network of a run or from a shipped model.
"""

from fvapp.core.inspection.answering import answer_images, evidence, load_shipped
from fvapp.core.inspection.covering import (
    covered_images,
    covered_rows,
    gradient_times_input,
    occlusion,
)
from fvapp.core.inspection.decoding import network_of_run, networks_of_film, read_keras_file
from fvapp.core.inspection.fewest import (
    AdversarialImage,
    fewest_pixels,
    inverted,
    logit_leads,
    pixel_by_pixel,
    pixels_by_slope,
    shares_of_lead,
)
from fvapp.core.inspection.frames import (
    BYTES_PER_NUMBER,
    EARLY,
    EPOCHS,
    FIRST_STEPS,
    MOMENTS,
    MOST_BYTES,
    MOST_PARAMETERS,
    NO_FRAMES,
    Frame,
    frame_at,
    frames_from_bytes,
    frames_to_bytes,
    plan_frames,
    take_frame,
)
from fvapp.core.inspection.helping import (
    SMOOTHED,
    UnitSupport,
    contribution_by_place,
    hidden_step,
    is_silent_below_0,
    last_map_step,
    rank_units,
    signed_maps,
    weight_change_pictures,
    weight_pictures,
    weighted_pixels,
)
from fvapp.core.inspection.learning import (
    FIRST,
    SingleWeight,
    cross_entropy,
    learn_images,
    loss_gradients,
    practise_image,
    require_learnable,
)
from fvapp.core.inspection.letters import letter_weights, letters_of, strongest_letter, with_letter
from fvapp.core.inspection.mark import measure_mark_effect
from fvapp.core.inspection.mistakes import (
    TestAnswers,
    find_mislabelled,
    most_confused,
    precision_and_recall,
    read_answers,
    right_by_class,
)
from fvapp.core.inspection.neighbours import count_classes, merge_nearest
from fvapp.core.inspection.network import Network, StepTrace, logits_of_all
from fvapp.core.inspection.neuron import WrittenSum, input_shape, write_out_sum
from fvapp.core.inspection.questions import (
    CHUNK,
    TRAINING_CHUNK,
    ChangedImageAccuracy,
    CorrectTrainingCount,
    CoveredLogits,
    FeatureExtractor,
    NearestTrainingImages,
    Question,
    TestLogits,
    UnitValues,
    answer_question,
    question_from_plain,
)
from fvapp.core.inspection.robustness import (
    CHANGES,
    SAMPLE,
    UNCHANGED,
    change_images,
    stratified_sample,
)
from fvapp.core.inspection.surgery import (
    AblationResult,
    UnitContributions,
    ablate,
    ablated_logits,
    count_units,
    unit_contributions,
    unit_values,
    units_at_random,
    units_by_help,
    without_units,
)
from fvapp.core.inspection.wheel import class_order, class_points, jitter, place_on_wheel
