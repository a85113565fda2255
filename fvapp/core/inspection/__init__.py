"""Computes, with NumPy alone, a network's answers and how the network arrives at them.

Each module covers one topic. All of them work on a :class:`~fvapp.core.inspection.network.Network`,
which is made from a training run or from a shipped model.
"""

from fvapp.core.inspection.answering import answer_images, class_evidence, load_shipped_model
from fvapp.core.inspection.covering import (
    cover_each_pixel,
    cover_each_row,
    gradient_times_input,
    occlusion_map,
)
from fvapp.core.inspection.decoding import network_of_run, networks_of_frames, read_keras_file
from fvapp.core.inspection.fewest import (
    AdversarialImage,
    change_fewest_pixels,
    images_with_more_changed_pixels,
    invert_to_black_and_white,
    lead_share_removed_per_pixel,
    logit_leads,
    rank_pixels_by_slope,
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
    WeightsFrame,
    frame_at_moment,
    frames_from_bytes,
    frames_to_bytes,
    make_weights_frame,
    plan_frame_steps,
)
from fvapp.core.inspection.helping import (
    SMOOTHED,
    UnitHelpRanking,
    filter_help_by_place,
    first_hidden_step,
    is_silent_below_zero,
    last_feature_map_step,
    rank_units,
    signed_feature_maps,
    weight_change_pictures,
    weight_pictures,
    weighted_pixel_pictures,
)
from fvapp.core.inspection.learning import (
    FIRST,
    SingleWeight,
    cross_entropy,
    learn_images_once,
    loss_gradients,
    require_teachable_network,
    train_on_one_image,
)
from fvapp.core.inspection.letters import (
    find_strongest_letter,
    labels_by_row,
    letter_weights,
    replace_letter,
)
from fvapp.core.inspection.mark import measure_mark_effect
from fvapp.core.inspection.mistakes import (
    TestAnswers,
    answers_from_shares,
    count_correct_by_class,
    find_mislabelled_images,
    most_confused_pair,
    precision_and_recall,
)
from fvapp.core.inspection.neighbours import count_neighbour_classes, merge_nearest_images
from fvapp.core.inspection.network import Network, StepTrace, logits_of_networks
from fvapp.core.inspection.neuron import WrittenSum, unflattened_input_shape, write_out_sum
from fvapp.core.inspection.questions import (
    CHUNK,
    TRAINING_CHUNK,
    ChangedImageAccuracyQuestion,
    CorrectTrainingCountQuestion,
    CoveredLogitsQuestion,
    FeatureExtractor,
    NearestTrainingImagesQuestion,
    Question,
    TestLogitsQuestion,
    UnitValuesQuestion,
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
    ablate_units,
    ablated_logits,
    count_units,
    rank_units_by_class_help,
    remove_units,
    shuffle_units,
    unit_contributions,
    unit_values,
)
from fvapp.core.inspection.wheel import (
    class_points_on_circle,
    jitter_positions,
    order_classes_on_wheel,
    place_images_on_wheel,
)
