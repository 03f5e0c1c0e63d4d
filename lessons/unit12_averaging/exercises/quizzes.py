"""The quizzes of unit 12."""

from autograde.spec import Choice, Quiz

QUIZZES = (
    Quiz(
        "u12-share-of-the-start",
        "An average with decay 0.999 starts at the random first parameters of a net. After 1250 "
        "updates, how much of it is still this random start?",
        (
            Choice(
                "Nothing to speak of: 1250 updates are a lot.",
                False,
                "A lot compared with what? With decay 0.9 you would be right after fifty. The "
                "memory of 0.999 is longer.",
            ),
            Choice(
                "1/1251, as much as every other place.",
                False,
                "That is the plain mean, which weighs all places alike. Here the weights fade from "
                "the newest to the oldest, and what would have faded beyond the start stays with "
                "the start.",
            ),
            Choice(
                "29 %",
                True,
                "In every update the start keeps 0.999 of its share, and 0.999 to the power of "
                "1250 is 0.286. With the slide's 0.995 it is 0.2 %.",
            ),
            Choice(
                "99.9 %",
                False,
                "That is its share after one update. It is multiplied by 0.999 each time.",
            ),
        ),
    ),
    Quiz(
        "u12-which-direction",
        "The explorer's bowl has a flat direction (curvature 2) and a steep one (curvature 20). An "
        "average with a memory of 50 steps, at step size 0.02: in which direction does it lower "
        "the noise more?",
        (
            Choice(
                "In the flat one: there the cloud is wider.",
                False,
                "It is wider, but the place also wanders more slowly along it: it takes 25 steps "
                "to forget where it was. In 50 steps the average hardly sees both sides.",
            ),
            Choice(
                "In the steep one.",
                True,
                "There the place forgets within a few steps where it was, so 50 steps hold many "
                "independent places. The factors are about 1/21 and 1/3.",
            ),
            Choice(
                "In both alike: an average over 50 numbers is an average over 50 numbers.",
                False,
                "That would hold for independent numbers. Places that follow each other closely "
                "are nearly the same place.",
            ),
        ),
    ),
    Quiz(
        "u12-three-nets",
        "Three nets look at one digit. Two of them give 0.55 to a 4 and 0.45 to a 9; the third "
        "gives 0.02 to the 4 and 0.98 to the 9. What should they say together?",
        (
            Choice(
                "4: two against one.",
                False,
                "A vote throws away how sure each of them is. Two nets that might as well have "
                "thrown a coin overrule one that has seen something.",
            ),
            Choice(
                "9: the mean probability of a 9 is the larger one.",
                True,
                "The means are 0.37 and 0.63. First the average, then the decision: this is the "
                "order in the slide's brackets.",
            ),
            Choice(
                "9: the surest of all decides.",
                False,
                "Right digit, wrong reason. If the two others had given 0.99 to a 4, you would "
                "still listen to one net alone.",
            ),
            Choice(
                "Nothing: they disagree, so train a fourth.",
                False,
                "Where all agree, nobody needs an ensemble. It is made for disagreement.",
            ),
        ),
    ),
    Quiz(
        "u12-promise",
        "Five nets give probabilities for the same test digits, and no probability is 0. Which of "
        "these is certain, whatever the nets and the digits are?",
        (
            Choice(
                "The ensemble reads at least as many digits as the best of the five.",
                False,
                "Four bad nets can outvote a good one. Nothing here knows which net is best.",
            ),
            Choice(
                "The ensemble reads at least as many digits as its members do on average.",
                False,
                "Usually, but not always: reading right or wrong is a step, and a step is not "
                "convex. Three nets that are right with 0.51, on different digits each, can be "
                "wrong together on all of them.",
            ),
            Choice(
                "The ensemble's loss is at most the mean of the five losses.",
                True,
                "This is Jensen's inequality, for each digit and so for their mean. It compares "
                "with the *average* member, and it is about the loss.",
            ),
            Choice(
                "The ensemble's loss is at most that of the best of the five.",
                False,
                "Jensen compares with the mean of the losses. One good net among four that know "
                "nothing is better left alone.",
            ),
        ),
    ),
    Quiz(
        "u12-where-it-pays",
        "In which of the three tasks will an ensemble of five gain most over a single net?",
        (
            Choice(
                "1000 digits, 30 epochs: good nets make a good ensemble.",
                False,
                "The ensemble will be good. But what are five nets to correct that are all right "
                "on the same digits, and wrong on the same few?",
            ),
            Choice(
                "1000 digits, 10 epochs.",
                False,
                "There is something to gain: each net is unfinished in its own way. There is a "
                "task in which they differ more.",
            ),
            Choice(
                "300 digits with wrong labels: the nets learn different nonsense.",
                True,
                "All have the same wrong labels, but how a net bends itself to fit them depends on "
                "its start. What is nonsense differs from net to net, what is true does not.",
            ),
            Choice(
                "In all three alike, about 2 %.",
                False,
                "So says the slide. Run the next cell.",
            ),
        ),
    ),
    Quiz(
        "u12-twin",
        "A trained net and its twin, the same net with the hidden units in another order: what "
        "does an average of the two give?",
        (
            Choice(
                "Averaged predictions are better than the net's, averaged weights give the net "
                "again.",
                False,
                "Both say the same about every digit, so there is nothing to correct. And the "
                "weights of the two differ in nearly every place.",
            ),
            Choice(
                "Both averages give the net's own predictions.",
                False,
                "True for the predictions. For the weights it would be, if the score were a linear "
                "function of all weights together; but weights are multiplied by weights, and a "
                "ReLU stands between.",
            ),
            Choice(
                "Averaged predictions are the net's own; averaged weights compute something else.",
                True,
                "An ensemble of two nets that agree is one net. In the average of the weights unit "
                "1 is half a loop detector and half a stroke detector, and is good at neither.",
            ),
            Choice(
                "Neither makes sense: the order of the units has to be restored first.",
                False,
                "Predictions do not know in which order the units stand; averaging them is fine.",
            ),
        ),
    ),
    Quiz(
        "u12-better",
        "Suppose the loss *were* convex in the weights. What would follow for the average of all "
        "K! twins of a net?",
        (
            Choice(
                "Its loss would be lower than the net's, as the slide says.",
                False,
                "Jensen's inequality has a sign with an equals in it. Take a loss that is flat "
                "between the twins: it is convex, and nothing gets better.",
            ),
            Choice(
                "Its loss would be at most the net's.",
                True,
                "All twins have the same loss, so the mean of their losses is that loss, and the "
                "loss of the average is at most this. Not worse; better need not be. The argument "
                "survives: a net whose hidden units are all alike is clearly worse.",
            ),
            Choice(
                "It would be the best net of all.",
                False,
                "Convexity compares the average with the points that are averaged. Of other nets "
                "it says nothing.",
            ),
            Choice(
                "Nothing: Jensen's inequality is about probabilities.",
                False,
                "It is about any convex function and any weighted mean. Above it was used for "
                "-log; here the function would be the loss, and the points weights of nets.",
            ),
        ),
    ),
)
