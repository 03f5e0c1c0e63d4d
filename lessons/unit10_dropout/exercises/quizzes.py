"""The quizzes of unit 10."""

from autograde.spec import Choice, Quiz

QUIZZES = (
    Quiz(
        "u10-own-mask",
        "A mini-batch of 32 examples passes a hidden layer of 100 units with dropout. How many "
        "coins are thrown in this layer, in one step of training?",
        (
            Choice(
                "100: one for each unit, shared by the batch.",
                False,
                "Then the whole batch would train one and the same thinned net. DD2424 L5 says it "
                "in a note: each example of the mini-batch has a mask of its own.",
            ),
            Choice(
                "32: one for each example.",
                False,
                "That would drop whole examples, which only makes the batch smaller.",
            ),
            Choice(
                "3200: one for each unit and each example.",
                True,
                "Every entry of the (32, 100) array of activations throws its own coin, and throws "
                "it again in the next step. So a step trains 32 different thinned nets at once.",
            ),
            Choice(
                "100, thrown once, before training starts.",
                False,
                "Then some units would be missing for ever, and the rest would be an ordinary, "
                "smaller net. This happens by accident when a seed is set inside the function.",
            ),
        ),
    ),
    Quiz(
        "u10-slide-multiply",
        "A net was trained with vanilla dropout, and units were dropped with probability 0.1. "
        "Somebody follows the slide's words and multiplies by 0.1 at test time. What arrives?",
        (
            Choice(
                "The right amount.",
                False,
                "In training a unit was there nine times out of ten. What is its mean, as a share "
                "of its full value?",
            ),
            Choice(
                "One ninth of the right amount.",
                True,
                "Training sent 0.9 of the full value on average, and test time should do so too: "
                "it has to multiply by the chance to stay. With 0.5 the two agree, which is how "
                "the sentence survives.",
            ),
            Choice(
                "Nine times the right amount.",
                False,
                "It is the other way up: 0.1 is less than the mean of training.",
            ),
            Choice(
                "One tenth of the right amount.",
                False,
                "That would be so if the full value were right. But training never sent the full "
                "value on average.",
            ),
        ),
    ),
    Quiz(
        "u10-slide-masks",
        "A student types the slide's four statements as they stand. What happens?",
        (
            Choice(
                "It works: the names of masks do not matter.",
                False,
                "They would not matter if each mask were used under the name it was given. Which "
                "name is used last, and was it ever assigned?",
            ),
            Choice(
                "The second product uses a mask that was never made.",
                True,
                "The mask of layer 1 should be u1, that of layer 2 should be u2. As printed the "
                "first is called u2 and overwritten, and the second product asks for u3. In a loop "
                "with stored masks this becomes a mask of the wrong layer, and if the layers are "
                "equally wide nothing crashes.",
            ),
            Choice(
                "Both layers use the same mask.",
                False,
                "u2 is drawn anew before the second product. Look at the name in that product.",
            ),
            Choice(
                "The scale is applied twice.",
                False,
                "Each mask is divided by p once, and each layer has a mask of its own. The trouble "
                "is in the names.",
            ),
        ),
    ),
    Quiz(
        "u10-exact",
        "A net has one hidden ReLU layer, dropout on it, then a matrix and a softmax. For which of "
        "these is the single scaled pass exactly the mean over all masks?",
        (
            Choice(
                "For the logits and for the probabilities.",
                False,
                "For the logits, yes. But the softmax bends: the mean of exp is not the exp of the "
                "mean.",
            ),
            Choice(
                "For the logits only.",
                True,
                "The mask multiplies the hidden units, and a matrix follows: linear in the mask. "
                "The ReLU in front of the mask does not matter, the softmax behind it does.",
            ),
            Choice(
                "For neither, because of the ReLU.",
                False,
                "The ReLU comes before the mask: its output is a fixed number that the mask "
                "multiplies. What matters is what comes after.",
            ),
            Choice(
                "For the predicted label only.",
                False,
                "The label is the least linear of all: an argmax. It often agrees, but nothing "
                "guarantees it.",
            ),
        ),
    ),
    Quiz(
        "u10-scaling-bug",
        "Which number reveals that the hidden units are scaled by 0.5 once too often?",
        (
            Choice(
                "The test accuracy: it falls to about one half.",
                False,
                "All logits shrink together. Which of them is the largest?",
            ),
            Choice(
                "The test loss.",
                True,
                "The loss depends on how confident the probabilities are, and smaller logits are "
                "less confident. The ranking of the classes hardly changes.",
            ),
            Choice(
                "The training loss.",
                False,
                "Training is untouched: the extra factor acts at test time only.",
            ),
            Choice(
                "None: the net is the same up to a factor.",
                False,
                "A factor changes no ranking. But the softmax turns logits into probabilities, and "
                "there a factor counts.",
            ),
        ),
    ),
    Quiz(
        "u10-depth",
        "In training a residual block's branch survives with probability 0.8. Which rule keeps the "
        "expected output equal to that of test time, x + branch(x)?",
        (
            Choice(
                "coin * (x + branch(x)) / 0.8",
                False,
                "The mean is right, but an example whose coin says no is lost altogether. The skip "
                "connection is there to carry it on.",
            ),
            Choice(
                "x + coin * branch(x)",
                False,
                "Its mean is x + 0.8 branch(x). That is the paper's form in training; then test "
                "time has to shrink the branch.",
            ),
            Choice(
                "x + coin * branch(x) / 0.8",
                True,
                "The coin has mean 0.8, so the branch arrives with mean 1, and x is never touched.",
            ),
            Choice(
                "x / 0.8 + coin * branch(x) / 0.8",
                False,
                "The skip is always there, so there is nothing to make up for on that path.",
            ),
        ),
    ),
    Quiz(
        "u10-batch-of-one",
        "A net with batch norm predicts a single example, and by mistake it is still in training "
        "mode. What does the batch norm layer send on?",
        (
            Choice(
                "The right values: one example is a small batch.",
                False,
                "Put N = 1 into the formula: what is the mean, and what is x minus the mean?",
            ),
            Choice(
                "beta, whatever the example is.",
                True,
                "The mean of one example is the example itself, so the normalized value is 0 and "
                "only the shift is left. The net answers the same for every input.",
            ),
            Choice(
                "nan: the variance is 0.",
                False,
                "The variance is 0 indeed, but eps keeps the root above 0. It is 0 divided by a "
                "small number, not 0/0.",
            ),
            Choice(
                "The values normalized by the running statistics.",
                False,
                "Those are used in test mode. In training mode the batch counts, however small.",
            ),
        ),
    ),
)
