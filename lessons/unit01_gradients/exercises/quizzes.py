"""The quizzes of unit 01."""

from autograde.spec import Choice, Quiz

THIRD_IMAGE = Quiz(
    "u01-third-image",
    "A frog gets the scores cat 2.2, car 2.5, frog -3.1. What is its hinge loss with margin 1?",
    (
        Choice(
            "10.9",
            False,
            "5.3 + 5.6 is how far the two wrong scores lie above the right one. Each of them "
            "should even lie one margin *below* it, and that is charged as well.",
        ),
        Choice(
            "12.9",
            True,
            "Cat: 2.2 + 3.1 + 1 = 6.3. Car: 2.5 + 3.1 + 1 = 6.6. Both are positive, so both count.",
        ),
        Choice(
            "6.6",
            False,
            "That is the worst wrong class alone. The lecture's loss adds up all wrong classes; "
            "the form with the worst one only exists too (Crammer and Singer).",
        ),
        Choice(
            "13.9",
            False,
            "The frog's own class has been charged one margin against itself. The sum runs over "
            "the wrong classes only.",
        ),
        Choice(
            "0",
            False,
            "Zero would mean that the frog's score leads by a margin. It is the lowest of three.",
        ),
    ),
)

ZERO_LOSS = Quiz(
    "u01-zero-loss",
    "You have found weights W of a linear classifier (no bias) for which the hinge loss of every "
    "example is exactly 0. What can you say of other weights?",
    (
        Choice(
            "None of them reaches 0: the minimum is unique",
            False,
            "At a loss of 0 all margins are met, most of them with room to spare. Anything that "
            "keeps them met has loss 0 as well.",
        ),
        Choice(
            "2W has loss 0 as well",
            True,
            "Twice the weights, twice the scores, twice every lead: a lead of at least 1 becomes "
            "one of at least 2. The loss cannot choose between them, and that is one reason for "
            "adding a penalty.",
        ),
        Choice(
            "W/2 has loss 0 as well",
            False,
            "Halving the weights halves the leads. A lead of 1.2 becomes 0.6, which is less than "
            "the margin.",
        ),
        Choice(
            "-W has loss 0 as well",
            False,
            "Changing all signs turns leads into deficits: every wrong class now wins.",
        ),
    ),
)

FIRST_LOSS = Quiz(
    "u01-first-loss",
    "A fresh classifier for ten digits has tiny random weights, so that all scores are close to 0. "
    "What is its softmax cross-entropy, about?",
    (
        Choice(
            "0",
            False,
            "A loss of 0 would mean that every right class already has probability 1.",
        ),
        Choice(
            "0.1",
            False,
            "That is the probability of each class. The loss is minus its logarithm.",
        ),
        Choice(
            "2.30",
            True,
            "Ten equal scores give each class probability 1/10, and -log(1/10) = log 10 = 2.303. "
            "If your first loss is far from this, look for a mistake before you train.",
        ),
        Choice(
            "9",
            False,
            "That is the *hinge* loss at equal scores: nine wrong classes, each violating the "
            "margin by exactly 1.",
        ),
        Choice("1", False, "Only log10(10) is 1; the loss uses the natural logarithm."),
    ),
)

BEST_STEP = Quiz(
    "u01-best-step",
    "Central differences in float64, a smooth loss of about 1. Which step h gives the most "
    "accurate numeric gradient?",
    (
        Choice(
            "As small as possible, 1e-15",
            False,
            "Then x + h hardly differs from x, and the two losses agree in all but their last "
            "digit: their difference is rounding noise, divided by a tiny number.",
        ),
        Choice(
            "About 1e-8",
            False,
            "That is the best choice for *one-sided* differences, whose other error grows like h. "
            "The two-sided error grows like h squared, so a longer step pays.",
        ),
        Choice(
            "About 1e-5 to 1e-4",
            True,
            "Truncation grows like h squared, rounding like 1/h times 1e-16. They balance near the "
            "cube root of 1e-16, some 1e-5; how smooth the loss is moves it a little.",
        ),
        Choice(
            "About 0.1",
            False,
            "Such a chord is long: the loss curves on the way, and the truncation error, which "
            "grows like h squared, is by far the largest.",
        ),
    ),
)

SUM_OF_OUTPUTS = Quiz(
    "u01-sum-of-outputs",
    "To check a softmax layer, somebody takes `np.sum(output)` as the loss and compares "
    "numeric and analytic gradients. Which wrong backward pass does this check let through?",
    (
        Choice(
            "None: if the gradients agree in all entries, the backward pass is right",
            False,
            "They agree for this one loss. Is this loss sensitive to the scores at all?",
        ),
        Choice(
            "One that returns zeros, and one that returns three times the right gradient",
            True,
            "The probabilities of a row sum to 1 whatever the scores are, so the true gradient of "
            "the sum is 0, and three times 0 is 0 too. Weight the outputs with random numbers "
            "instead.",
        ),
        Choice(
            "Only one that confuses rows and columns",
            False,
            "The check is blind to more than that: compute the sum of each row of the output.",
        ),
        Choice(
            "One with the wrong sign, but not one of the wrong size",
            False,
            "Both: what is the gradient of something that never changes, and what is it times -1 "
            "or times 3?",
        ),
    ),
)

RECAP_SLIDE = Quiz(
    "u01-recap-slide",
    "The recap slide says: full loss = mean of the $L_i$ + R(W). Which sentence is true of it?",
    (
        Choice(
            "It is right as it stands",
            False,
            "Look for the knob that says how much the weights' size should count against the fit "
            "to the data.",
        ),
        Choice(
            "R(W) should be divided by N as well",
            False,
            "The mean is over examples. The penalty concerns the weights, of which there is one "
            "set, however many examples there are.",
        ),
        Choice(
            "The strength in front of R(W) got lost",
            True,
            "Slides before it have it right: mean + lambda * R(W). Read literally, the recap fixes "
            "the strength at 1, at which the penalty usually swamps the data.",
        ),
        Choice(
            "R(W) should be subtracted",
            False,
            "A loss is minimised, so what should be small is added.",
        ),
    ),
)

WRONG_GRADIENT = Quiz(
    "u01-wrong-gradient",
    "Which of the three mistakes will show in the mean test accuracy of five seeds, next to the "
    "spread between the seeds?",
    (
        Choice(
            "All three",
            False,
            "Two of the three still point downhill almost exactly: the penalty is weak anyway, and "
            "on this problem the biases do little of the work.",
        ),
        Choice(
            "Only the forgotten mask, and by less than a point",
            True,
            "It is the only one that changes the direction of the step for most weights. Even so "
            "the network learns, and nobody who sees the result alone would suspect a mistake.",
        ),
        Choice(
            "Only the biases that hardly learn",
            False,
            "The opening of this unit says what they cost. The weights can do without them here.",
        ),
        Choice(
            "Only the halved penalty",
            False,
            "With a strength of 0.001 the penalty is weak: half of it or all of it makes little "
            "difference in 200 steps.",
        ),
        Choice(
            "None of them, not even a little",
            False,
            "Close, but one of them sends gradients where none belong. Look at the cell below for "
            "how much that costs.",
        ),
    ),
)

QUIZZES = (
    THIRD_IMAGE,
    ZERO_LOSS,
    FIRST_LOSS,
    BEST_STEP,
    SUM_OF_OUTPUTS,
    RECAP_SLIDE,
    WRONG_GRADIENT,
)
