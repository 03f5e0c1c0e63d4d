"""Odd but right, and unlisted wrong answers to the exercises of unit 12."""

import collections

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("polyak_update")
def dot_product(average, param, **hyper):
    decay = hyper.get("decay", 0.995)
    return np.tensordot([decay, 1 - decay], np.array([average, param]), 1)


@right("polyak_update")
def on_a_copy(average, param, *, decay=0.995):
    new = average.copy()
    new -= param
    new *= decay
    new += param
    return new


@right("polyak_update")
def list_of_numbers(average, param, decay=0.995):
    if np.ndim(average):
        return [list_of_numbers(a, p, decay) for a, p in zip(average, param, strict=True)]
    return decay * average + (1 - decay) * param


@right("ensemble_predict")
def tuple_of_labels(p):
    return tuple(max(range(p.shape[2]), key=p[:, n].sum(0).item) for n in range(p.shape[1]))


@right("ensemble_predict")
def floats_from_a_product(probabilities):
    mean = probabilities.mean(0)
    return (mean == mean.max(1, keepdims=True)) @ np.arange(mean.shape[1], dtype=float)


@right("ensemble_predict")
def examples_first(p):
    return np.swapaxes(p, 0, 1).mean(axis=1).argmax(axis=1).astype(np.int8)


@right("snapshot_steps")
def running_sum(total_steps, cycles):
    return np.cumsum([total_steps // cycles] * cycles) - 1


@right("snapshot_steps")
def last_of_each_piece(total_steps, *, cycles):
    return tuple(piece[-1] for piece in np.array_split(np.arange(total_steps), cycles))


@right("snapshot_steps")
def rounded(total_steps, *, cycles):
    return [round(total_steps / cycles * k) - 1 for k in range(1, cycles + 1)]


@right("permute_hidden")
def all_in_one_block(params, order):
    inputs = len(params["W1"])
    block = np.concatenate([params["W1"], params["b1"][None], params["W2"].T])[:, order]
    first, biases, second = np.split(block, [inputs, inputs + 1])
    return {"W1": first, "b1": np.ravel(biases), "W2": second.T, "b2": params["b2"]}


@right("permute_hidden")
def dict_in_another_order(params, order):
    picked = [int(unit) for unit in order]
    return collections.OrderedDict(
        b2=params["b2"].tolist(),
        W2=params["W2"][picked].tolist(),
        b1=[params["b1"][unit] for unit in picked],
        W1=params["W1"].T[picked].T,
    )


# --- wrong ----------------------------------------------------------------------------------------


@wrong("polyak_update", "Without it, it is 0.995; in your signature it is 0.99")
def another_default(average, param, *, decay=0.99):
    return decay * average + (1 - decay) * param


@wrong("polyak_update", "changes `average` in place")
def in_the_caller_s_array(average, param, *, decay=0.995):
    average *= decay
    average += (1 - decay) * param
    return average


@wrong("polyak_update", "returns nothing")
def as_on_the_slide(average, param, *, decay=0.995):
    average = decay * average + (1 - decay) * param


@wrong("polyak_update", "With decay 0.1 the new parameter counts nine times as much")
def never_below_one_half(average, param, *, decay=0.995):
    share = max(decay, 0.5)
    return share * average + (1 - share) * param


@wrong("polyak_update", "The old average keeps its share")
def root_of_the_decay(average, param, *, decay=0.995):
    return decay**0.5 * average + (1 - decay**0.5) * param


@wrong("ensemble_predict", "length 36 instead of 12")
def models_and_examples_in_a_row(p):
    return p.reshape(-1, p.shape[2]).argmax(axis=1)


@wrong("ensemble_predict", "an axis too many")
def column_of_labels(p):
    return p.mean(axis=0).argmax(axis=1)[:, np.newaxis]


@wrong("ensemble_predict", "geometric mean")
def logits_averaged(p):
    return np.log(p + 1e-12).mean(axis=0).argmax(axis=1)


@wrong("ensemble_predict", "count the votes")
def counted_by_bincount(p):
    labels = p.argmax(axis=2)
    return [np.bincount(column).argmax() for column in labels.T]


@wrong("ensemble_predict", "then choose the largest mean")
def classes_in_reverse(p):
    return p.mean(axis=0)[:, ::-1].argmax(axis=1)


@wrong("ensemble_predict", "Only some of the 12 entries are wrong")
def mean_of_labels(p):
    return p.argmax(axis=2).mean(axis=0).round()


@wrong("snapshot_steps", "not this: generator")
def one_after_the_other(total_steps, *, cycles):
    for cycle in range(cycles):
        yield total_steps // cycles * (cycle + 1) - 1


@wrong("snapshot_steps", "holds texts")
def as_text(total_steps, *, cycles):
    return [f"{total_steps // cycles * (k + 1) - 1}" for k in range(cycles)]


@wrong("snapshot_steps", "floats")
def evenly_spread(total_steps, *, cycles):
    return list(np.linspace(total_steps / cycles, total_steps, cycles) - 1)


@wrong("snapshot_steps", "The last cycle is missing")
def range_that_stops_early(total_steps, *, cycles):
    length = total_steps // cycles
    return list(range(length - 1, total_steps - 1, length))


@wrong("snapshot_steps", "The first entry is right, then it goes wrong")
def one_subtracted_before_the_division(total_steps, *, cycles):
    return [(total_steps - 1) // cycles * k for k in range(1, cycles + 1)]


@wrong("permute_hidden", "changes `params` in place")
def dict_of_the_caller(params, order):
    params["W1"] = params["W1"][:, order]
    params["b1"] = params["b1"][order]
    params["W2"] = params["W2"][order]
    return params


@wrong("permute_hidden", "has the keys ['W1', 'W2', 'b1'], expected")
def output_biases_lost(params, order):
    permuted = all_in_one_block(params, order)
    del permuted["b2"]
    return permuted


@wrong("permute_hidden", "The right numbers stand in the wrong places")
def permuted_twice(params, order):
    return all_in_one_block(params, order[order])


@wrong("permute_hidden", "It is transposed")
def first_weights_transposed(params, order):
    return {**all_in_one_block(params, order), "W1": params["W1"].T[order]}


@wrong("permute_hidden", "Nothing moves")
def order_sorted(params, order):
    return all_in_one_block(params, np.sort(order))


@wrong("permute_hidden", "Every entry has the wrong sign")
def another_symmetry(params, order):
    permuted = all_in_one_block(params, order)
    return {name: value if name == "b2" else -value for name, value in permuted.items()}
