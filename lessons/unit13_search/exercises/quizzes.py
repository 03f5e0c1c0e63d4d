"""The quizzes of unit 13."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u13-first-loss",
        "A net for ten classes has He's initial weights and a penalty with l2 = 0.01. Before the "
        "first update its loss is 3.95. What do you do?",
        (
            Choice(
                "Look for the mistake in the gradient.",
                False,
                "No gradient has been used yet. A wrong one shows in a gradient check (unit 01), "
                "never in the first loss.",
            ),
            Choice(
                "Turn the penalty off and look again.",
                True,
                "The penalty is part of what was printed. Without it the same net begins at 2.48, "
                "and the rest above log 10 comes from initial scores that are not all equal.",
            ),
            Choice(
                "Lower the learning rate.",
                False,
                "Before the first update the learning rate has had no say.",
            ),
            Choice(
                "Check whether the labels have been shuffled by mistake.",
                False,
                "Worth doing, but this test is blind to it: a net that knows nothing is as wrong "
                "about shuffled labels as about the right ones.",
            ),
        ),
    ),
    Quiz(
        "u13-flat",
        "You ask a net with 64 hidden units to learn 50 digits by heart. All weights and biases "
        "start at zero, the learning rate is 0.5, the gradient has been checked. After 200 steps "
        "the loss is 2.26, and it does not move. What is wrong?",
        (
            Choice(
                "The learning rate is too low: a flat curve means slow progress.",
                False,
                "It would be the first thing to try, and it does not help: with ten times the rate "
                "the loss stands at 2.26 as well.",
            ),
            Choice(
                "50 digits are too many for 64 hidden units.",
                False,
                "From He's weights the same net knows all of them after 11 to 25 steps.",
            ),
            Choice(
                "The hidden units never wake up.",
                True,
                "All hidden activations are zero, so W2 gets no gradient, and since W2 is zero, "
                "nor does W1. Only the last bias can learn, and it learns how frequent each digit "
                "is. This is the row 'symmetries' of the recap table.",
            ),
            Choice(
                "It has converged.",
                False,
                "In a way it has: to a saddle. A minimum that fits 50 digits has a loss near 0, "
                "and 2.26 is about what guessing costs.",
            ),
        ),
    ),
    Quiz(
        "u13-slide-ratio",
        'CS231n L7 divides an update of about .0002 by weights of about .02, writes "= 0.01 '
        '(about okay)", and in the code above it: "want ~1e-3". What is wrong?',
        (
            Choice(
                "The quotient: .0002/.02 is 0.1.",
                False,
                "2e-4 over 2e-2 is 1e-2. The arithmetic is right.",
            ),
            Choice(
                "The quotient is upside down.",
                False,
                "The update belongs on top: the ratio says by which share of themselves the "
                "weights change in one step.",
            ),
            Choice(
                "Nothing: 0.01 and 1e-3 are the same order of magnitude.",
                False,
                "They are a factor of ten apart, as far as two neighbours in the lecture's list "
                "of learning rates.",
            ),
            Choice(
                "0.01 is ten times what the code wants, and is called okay.",
                True,
                "The two lines of the slide disagree. Which of them is right is a question for a "
                "measurement, and the next cell makes it.",
            ),
        ),
    ),
    Quiz(
        "u13-nine-trials",
        "Only the learning rate matters, and good ones fill a fifth of the decades that you "
        "search. You have nine trainings. A 3 × 3 grid, shifted by chance, tries three rates "
        "and finds a good one with probability 0.6. And nine random draws?",
        (
            Choice(
                "0.6 as well: nine trainings are nine trainings.",
                False,
                "The grid asks about each of its three rates three times. Random draws ask about "
                "nine different ones.",
            ),
            Choice(
                "About 0.87",
                True,
                "Each draw misses with probability 0.8, all nine with 0.8 to the power of 9, "
                "which is 0.13. A grid of nine different rates would find one for sure, but you "
                "would have to know beforehand that only this knob matters.",
            ),
            Choice(
                "1: nine times a fifth is more than one.",
                False,
                "The draws do not keep out of each other's way: several may fall into the same "
                "fifth, and all nine may miss.",
            ),
            Choice(
                "About 0.5: chance leaves holes.",
                False,
                "It does leave holes. But each of the draws is a chance of its own: how probable "
                "is it that all nine miss?",
            ),
        ),
    ),
    Quiz(
        "u13-edge",
        "After the first stage the best learning rate is 0.093, and the range was 1e-4 to 0.1. "
        "What should the second stage search?",
        (
            Choice(
                "0.0165 to 0.1: half of the decades around the best, cut off at the end.",
                False,
                "That is what `refine` returns, since it never leaves the old range. But the best "
                "setting lies at the border, and what is behind the border nobody has seen.",
            ),
            Choice(
                "The lower half, 1e-4 to 0.003: it has hardly been explored.",
                False,
                "Nothing speaks for the lower half: the losses fell towards the upper end.",
            ),
            Choice(
                "A range that reaches well beyond 0.1.",
                True,
                "A winner at the border says that the range was badly chosen. Move it first, and "
                "refine when the best setting lies inside.",
            ),
            Choice(
                "Nothing: 0.093 is the answer.",
                False,
                "It is the best of what was tried. Whether 0.3 is better has not been asked.",
            ),
        ),
    ),
    Quiz(
        "u13-fluctuations",
        'CSC421 L7-8 recaps: oscillations show as "fluctuations in training curve", so decrease '
        'the learning rate. And one row below, noise of the gradient shows as "fluctuations in '
        'training curve", so decay the learning rate or average. Your curve fluctuates. How do you '
        "find out which row is yours?",
        (
            Choice(
                "By the size: oscillations are larger.",
                False,
                "Either may be large or small: one grows with the learning rate, the other with "
                "the learning rate and the noise.",
            ),
            Choice(
                "Take a few steps with the whole training set as one batch.",
                True,
                "Without mini-batches there is no noise. What still fluctuates is an oscillation.",
            ),
            Choice(
                "Plot a moving average of the curve.",
                False,
                "It hides both alike. It is good for seeing the trend, not for finding the cause.",
            ),
            Choice(
                "Look at the validation loss.",
                False,
                "It is computed from the same weights, and jumps with them in both cases.",
            ),
        ),
    ),
    Quiz(
        "u13-winner",
        "You train one setting with 20 seeds, keep the run with the best validation accuracy, and "
        "report that accuracy. On average over all seeds it is 0.852 on the validation set. What "
        "is wrong with the report?",
        (
            Choice(
                "Nothing: the validation set was not used for training.",
                False,
                "It was used for choosing, among 20. The luckiest of 20 looks better than it is, "
                "on the set that chose it.",
            ),
            Choice(
                "It is too high: part of the lead of the chosen run is luck on these 300 digits.",
                True,
                "The next cell measures which part. The number to report comes from digits that "
                "chose nothing.",
            ),
            Choice(
                "It is too low: with more seeds it would be higher.",
                False,
                "It would be higher, and that is the point: more seeds make the report better and "
                "the net no better.",
            ),
            Choice(
                "The seeds should have been chosen on the test set.",
                False,
                "Then no digits would be left that have chosen nothing.",
            ),
        ),
    ),
)
