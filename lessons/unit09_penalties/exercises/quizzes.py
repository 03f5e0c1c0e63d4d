"""The quizzes of unit 09."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u09-below-the-noise",
        "The noise of y has variance 0.09, and the polynomial of degree 15 has a training error of "
        "0.006 on fifteen examples. What does that tell you?",
        (
            Choice(
                "It has found the sine curve very precisely.",
                False,
                "The sine curve itself would have a training error of about 0.09: the examples "
                "scatter about it. What comes closer to them than the truth does must bend after "
                "the noise.",
            ),
            Choice(
                "It has fitted the noise of these fifteen examples.",
                True,
                "No model can foresee noise. An error far below the variance of the noise can only "
                "come from following what these examples happen to show, and new examples will "
                "show something else.",
            ),
            Choice(
                "The noise is smaller than we thought.",
                False,
                "That would be so if the validation error were small, too. It is above 50.",
            ),
            Choice(
                "The computer has run out of digits.",
                False,
                "Weights in the thousands do cost digits, but the examples really are that close "
                "to the curve. You can see it in the left panel.",
            ),
        ),
    ),
    Quiz(
        "u09-larger-network",
        "Training accuracy 0.63, validation accuracy 0.62, and the floor is 0.8. DD2424 L5 says: "
        "the model's capacity is not high enough, increase the size of the network. What would you "
        "look at first?",
        (
            Choice(
                "Do as the slide says: a network cannot fit what it has no room for.",
                False,
                "That may be it. But a network twice as large costs more of everything, and there "
                "are causes that cost nothing to rule out. Which settings hold a network back that "
                "would have room enough?",
            ),
            Choice(
                "The strength of the penalty, the learning rate and the number of steps.",
                True,
                "Each of them can keep a large network from fitting. Turn the penalty off, let it "
                "run longer: if the training accuracy then rises, the network was large enough. At "
                "the end of this lesson you will see a case.",
            ),
            Choice(
                "Whether there is enough training data.",
                False,
                "More data makes the *gap* smaller, and there is hardly any. A model that fails on "
                "the data it has seen will not be helped by more of them.",
            ),
            Choice(
                "Nothing: with so small a gap the model generalizes well.",
                False,
                "It does as badly on new data as on old. A small gap is worth something only where "
                "the training accuracy is high.",
            ),
        ),
    ),
    Quiz(
        "u09-weight-decay-argument",
        "An optimizer has an argument `weight_decay` and adds `weight_decay * w` to the gradient "
        "before it steps. You want our penalty with strength 0.01. Which value do you give?",
        (
            Choice(
                "0.01",
                False,
                "That adds 0.01 * w. The gradient of 0.01 * w**2 is larger.",
            ),
            Choice(
                "0.02",
                True,
                "The gradient of 0.01 * w**2 is 0.02 * w. With 0.01 you would train with half the "
                "penalty you meant, and nothing would warn you.",
            ),
            Choice(
                "0.005",
                False,
                "You corrected in the wrong direction. Write down the gradient of 0.01 * w**2.",
            ),
            Choice(
                "0.01 times the learning rate",
                False,
                "The learning rate multiplies the whole gradient anyway, the penalty's part as "
                "well as the rest.",
            ),
        ),
    ),
    Quiz(
        "u09-which-one-l1",
        "The slide's question: which of the two vectors does L1 prefer, w1 = (1, 0, 0, 0) or "
        "w2 = (0.25, 0.25, 0.25, 0.25)?",
        (
            Choice(
                "w1: L1 likes zeros.",
                False,
                "L1 *leads to* zeros, in company with a data loss. By itself it adds up sizes. Do "
                "so for both vectors.",
            ),
            Choice(
                "w2: like L2, it spreads the weights out.",
                False,
                "That is L2, whose penalty falls from 1 to 0.25. Add up the sizes instead of the "
                "squares.",
            ),
            Choice(
                "Neither: both cost the same.",
                True,
                "The sizes add up to 1 in both. L1 does not mind how a sum is shared out, as long "
                "as the signs agree. So where do its zeros come from? That is the next section.",
            ),
        ),
    ),
    Quiz(
        "u09-steps-at-the-kink",
        "A weight of 0.003 is best off at 0, as the penalty pulls harder than the data do. You go "
        "on with plain steps along the gradient; near 0 each step is 0.01 long. Where does the "
        "weight end?",
        (
            Choice(
                "At exactly 0, after one step.",
                False,
                "A step does not know where the kink is. It subtracts 0.01 from 0.003.",
            ),
            Choice(
                "Nowhere: it jumps to and fro between 0.003 and -0.007.",
                True,
                "At 0.003 the slope is positive, at -0.007 negative, and a step is always 0.01 "
                "long. It hits 0 exactly only by accident. Smaller steps make the jumps smaller "
                "and never zero.",
            ),
            Choice(
                "It comes closer and closer to 0.",
                False,
                "That would be L2, whose slope vanishes towards 0. The slope of L1 is the same on "
                "the whole way.",
            ),
            Choice(
                "It runs away to minus infinity.",
                False,
                "As soon as it is negative, the slope has the other sign and pushes it back.",
            ),
        ),
    ),
    Quiz(
        "u09-twin-features",
        "Two features are exact copies of each other, and together they should get the weight 1. "
        "Which penalty leaves it open how the two share it?",
        (
            Choice(
                "L2",
                False,
                "The squares of 0.5 and 0.5 add up to 0.5, those of 1 and 0 to 1. L2 has one best "
                "answer: half each.",
            ),
            Choice(
                "L1",
                True,
                "0.5 and 0.5, 0.9 and 0.1, 1 and 0 all cost 1, and the data loss cannot tell them "
                "apart either. Which one you get depends on where the training began. A share of "
                "squares, however small, decides it: that is what the elastic net is for.",
            ),
            Choice(
                "The elastic net with l2_ratio = 0.1",
                False,
                "Its squares, weighed with 0.1, still prefer half each. Only the ratio 0 does not.",
            ),
            Choice(
                "All of them",
                False,
                "Compute the sums for (1, 0) and for (0.5, 0.5), with squares and with sizes.",
            ),
        ),
    ),
    Quiz(
        "u09-first-decrease",
        "What is missing in the first of the slide's two sentences, if you follow it to the "
        "letter?",
        (
            Choice(
                "It should say training set instead of validation set.",
                False,
                "On the training set the accuracy goes on rising while the model learns the "
                "examples by heart. It would never stop.",
            ),
            Choice(
                "Patience: one bad epoch is no turning point.",
                True,
                "Validation curves are bumpy, since batches are random and the set is finite. Who "
                "stops at the first decrease stops at the first bump. How much that costs is "
                "measured at the end of this lesson.",
            ),
            Choice(
                "A penalty that is switched on at that moment.",
                False,
                "Penalties and early stopping can be combined, but neither needs the other.",
            ),
            Choice(
                "Nothing. As soon as validation gets worse, the model overfits.",
                False,
                "On average it does, from some point on. A single decrease says little: look at "
                "any validation curve you have seen so far.",
            ),
        ),
    ),
)
