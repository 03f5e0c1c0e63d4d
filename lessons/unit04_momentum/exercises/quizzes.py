"""The quizzes of unit 04."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u04-first-step",
        "Gradient descent and momentum 0.9 start from rest at the same point with the same step "
        "size. How far apart are they after the first step?",
        (
            Choice(
                "Momentum is ten times as far.",
                False,
                "Ten is the factor in the long run, under a gradient that stays the same. It takes "
                "many steps to get there.",
            ),
            Choice(
                "Momentum has gone 1.9 times as far.",
                False,
                "That is the second step in a constant gradient: the new gradient plus 0.9 of "
                "the old one. In the first step there is no old one.",
            ),
            Choice(
                "They are at the same place.",
                True,
                "The velocity before the first step is zero, so the new velocity is the gradient. "
                "This is why a test of one step cannot tell the two apart, and why the check below "
                "runs five.",
            ),
            Choice(
                "Momentum has gone a tenth as far.",
                False,
                "That would be so if the new gradient were weighted by 1 - 0.9. Some libraries do "
                "this; here the new gradient counts in full.",
            ),
        ),
    ),
    Quiz(
        "u04-friction",
        'CS231n L3 says: "Rho gives friction; typically rho = 0.9 or 0.99". Which of the two '
        "values brakes the ball more?",
        (
            Choice(
                "0.99: a larger rho is more friction.",
                False,
                "That is how the sentence reads. But with rho = 0.99 the ball keeps 99 % of its "
                "velocity per step: it loses only 1 %.",
            ),
            Choice(
                "0.9: it keeps less of the velocity.",
                True,
                "A step leaves the share rho of the velocity, so the friction is 1 - rho: 10 % are "
                "lost with 0.9, and 1 % with 0.99. Rho is the opposite of friction.",
            ),
            Choice(
                "Neither: rho only scales the gradient.",
                False,
                "Rho multiplies the old velocity. The gradient comes in unscaled.",
            ),
        ),
    ),
    Quiz(
        "u04-why-not-one",
        "DD2424 L5 allows a momentum gamma from 0 to 1, both included. What does the ball do in a "
        "bowl with gamma = 1 and a small step size?",
        (
            Choice(
                "It flies away: the velocity is a sum that never stops growing.",
                False,
                "On a plane, yes. In a bowl the gradient points back as soon as the ball has "
                "passed the bottom, and takes away the speed that it gave before.",
            ),
            Choice(
                "It comes to rest, only ten times as late as with 0.9.",
                False,
                "To come to rest it would have to lose energy, and without friction there is "
                "nothing that takes it.",
            ),
            Choice(
                "It swings for ever, as high as in the beginning.",
                True,
                "Height turns into speed and speed into height, and nothing is lost. So 1 has to "
                "be excluded. The next figure measures it.",
            ),
            Choice(
                "It stands still, since 1 - gamma is zero.",
                False,
                "1 - gamma would multiply the gradient in the mean form. In the lecture's form the "
                "gradient counts in full.",
            ),
        ),
    ),
    Quiz(
        "u04-same-sequence",
        "CS231n L3 shows the sum form and the form with the learning rate inside the velocity, and "
        "says that they give the same sequence of x. In which of these trainings is that not so?",
        (
            Choice(
                "The step size is constant, momentum is 0.99.",
                False,
                "With a constant step size one velocity is the other times the step size, whatever "
                "the momentum is.",
            ),
            Choice(
                "The step size is divided by ten after 20 epochs.",
                True,
                "In one form the whole velocity is scaled by the new step size at once. In the "
                "other the old gradients keep the step size with which they came in.",
            ),
            Choice(
                "The gradients come from mini-batches.",
                False,
                "The two forms see the same gradients as long as they are at the same place, noisy "
                "or not.",
            ),
            Choice(
                "The loss is not a quadratic.",
                False,
                "The forms are equal line by line, for any gradients: the loss does not come in.",
            ),
        ),
    ),
    Quiz(
        "u04-dampens",
        'DD2424 L5 says: "Momentum dampens the oscillations of default SGD", next to its run with '
        "momentum 0.9 and step size 0.001. Look at the very first figure of this lesson. Which of "
        "the two oscillates across the ravine there?",
        (
            Choice(
                "Only gradient descent.",
                False,
                "Its step size times the steep curvature is 0.001 times 100, that is 0.1. Every "
                "step leaves 0.9 of the height, with the same sign: it never crosses the bottom.",
            ),
            Choice(
                "Only momentum.",
                True,
                "Gradient descent creeps down from one side. The ball with momentum is the one "
                "that crosses the bottom and swings. It wins because it runs "
                "faster along the ravine.",
            ),
            Choice(
                "Both, momentum less.",
                False,
                "Count how often each path crosses the bottom line, where x2 = 0.",
            ),
            Choice(
                "Neither.",
                False,
                "One of the paths goes far below the bottom line and comes back.",
            ),
        ),
    ),
    Quiz(
        "u04-too-large",
        "DD2424 L5 says that the look-ahead prevents too large updates. In the ravine gradient "
        "descent diverges above a step size of 0.02. Above which one does Nesterov with momentum "
        "0.9 diverge?",
        (
            Choice(
                "None: it sees every danger before it steps.",
                False,
                "It sees one gradient ahead of the ball. If the step is too large, that gradient "
                "throws the ball further out than it was.",
            ),
            Choice(
                "About 0.038: it tolerates more than gradient descent.",
                False,
                "That is the heavy ball's limit, 2(1 + m) over the curvature.",
            ),
            Choice(
                "0.02: for the limit only the curvature counts.",
                False,
                "The momentum comes in as well. Both momentum methods have a limit of their own.",
            ),
            Choice(
                "About 0.014: it tolerates less than gradient descent.",
                True,
                "The gradient is taken further out, where it is larger, and the ball gets all of "
                "it. You will compute the exact number in the exercise.",
            ),
        ),
    ),
    Quiz(
        "u04-longer-step",
        "Momentum 0.9 with step size 0.1 and plain SGD with step size 1 have the same terminal "
        "velocity. Ten epochs on the digits, ten seeds each. What do you expect?",
        (
            Choice(
                "The same: momentum is nothing but a step ten times as long.",
                False,
                "That holds where the gradients agree. Where they alternate, momentum lets them "
                "cancel, while a long step overshoots every time.",
            ),
            Choice(
                "SGD with step size 1 is better: it needs no time to gain speed.",
                False,
                "It does start at once, but along steep directions its step is too long.",
            ),
            Choice(
                "On average momentum is better: SGD with step size 1 fails with some seeds.",
                True,
                "The gain of ten comes only where gradients keep their direction. In the table "
                "below look at the spread between the seeds.",
            ),
            Choice(
                "Both diverge.",
                False,
                "Momentum 0.9 with step size 0.1 trains well; the table shows it.",
            ),
        ),
    ),
)
