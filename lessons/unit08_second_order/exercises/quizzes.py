"""The quizzes of unit 08."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u08-one-step",
        "How many of Newton's steps does it take from $(4, 0.5)$ to the minimum of this ravine?",
        (
            Choice(
                "One",
                True,
                "The loss is its own quadratic model, so the model's flat point is the minimum. "
                "That holds for every condition number and from every start.",
            ),
            Choice(
                "About 50, the condition number",
                False,
                "The condition number counts when one step size has to serve all directions. "
                "Newton has one of its own for every direction.",
            ),
            Choice(
                "Two: one along the ravine and one across",
                False,
                "Both are done at once: the system of equations is solved for both coordinates "
                "together.",
            ),
            Choice(
                "That depends on the step size.",
                False,
                "There is none. The curvature decides how far to go.",
            ),
        ),
    ),
    Quiz(
        "u08-saddle",
        "The curvatures at $(1, 0.5)$ are 2 along $x_1$ and $-2 + 3 \\cdot 0.25 = -1.25$ along "
        "$x_2$; the slopes are 2 and $-0.875$. What does Newton do there?",
        (
            Choice(
                "It goes down into the valley at $x_2 = 1.41$.",
                False,
                "That would be the way of the slope. Compute the step along $x_2$: minus the slope "
                "over the curvature. What is its sign?",
            ),
            Choice(
                "It stays where it is along $x_2$, since there is no minimum there.",
                False,
                "The equation for the step has a solution; Newton does not ask what kind of point "
                "it is.",
            ),
            Choice(
                "It moves towards smaller $x_2$, uphill, and ends on the saddle.",
                True,
                "The step along $x_2$ is $-(-0.875)/(-1.25) = -0.7$, to $x_2 = -0.2$. The slope "
                "there is flatter, and the next steps run into the saddle at 0.",
            ),
            Choice(
                "It flies away, because the curvature is negative.",
                False,
                "A negative curvature gives a finite step, in the wrong direction. Steps become "
                "enormous where a curvature is close to zero.",
            ),
        ),
    ),
    Quiz(
        "u08-memory",
        "A large GPU has 80 GB of memory, $8 \\cdot 10^{10}$ bytes. For how many parameters does "
        "a Hessian with 8 bytes per number just fit into it?",
        (
            Choice(
                "100 thousand",
                True,
                "It holds $10^{10}$ numbers, and the root of that is $10^5$. Ten times as many "
                "parameters take a hundred such GPUs.",
            ),
            Choice(
                "10 million",
                False,
                "A network of 10 million parameters has a Hessian of $10^{14}$ numbers: ten "
                "thousand such GPUs.",
            ),
            Choice(
                "10 billion",
                False,
                "So many *numbers* fit. The Hessian has one for every pair of parameters.",
            ),
            Choice(
                "2000",
                False,
                "That is about the cube root of the number of entries. The cube belongs to the "
                "work of the inversion.",
            ),
        ),
    ),
    Quiz(
        "u08-rank",
        "Multiply the formula for $B'$ out. What is the rank of the correction $B' - B$, for a "
        "step in general?",
        (
            Choice(
                "One: everything is made of one step.",
                False,
                "The correction contains the vector $s$ and the vector $B y$, in products of all "
                "kinds. Only if they were parallel would one direction be enough.",
            ),
            Choice(
                "Two",
                True,
                "The correction is made of outer products of $s$ and $B y$ with each other. So it "
                "changes $B$ in the plane of these two vectors and nowhere else. The slide's "
                "sentence fits SR1.",
            ),
            Choice(
                "Full: every entry of the matrix changes.",
                False,
                "Every entry changes, but the rows of the correction are all combinations of the "
                "same few vectors.",
            ),
            Choice(
                "Three: the product with two factors and the added term",
                False,
                "Count the vectors, not the terms: only $s$ and $B y$ occur in the correction.",
            ),
        ),
    ),
    Quiz(
        "u08-iterations",
        "The condition number of this loss at its minimum is 234. How many steps does momentum "
        "0.9 save, compared with the 7799 of gradient descent?",
        (
            Choice(
                "None: both have the same step size.",
                False,
                "Along the flat directions the gradients agree for thousands of steps. There the "
                "velocity is a sum of many of them (unit 04).",
            ),
            Choice(
                "About half",
                False,
                "Where gradients agree, momentum 0.9 takes steps ten times as long in the end.",
            ),
            Choice(
                "About nine tenths",
                True,
                "829 steps are left. Here nearly all the way is along flat directions, and "
                "there momentum 0.9 is worth a factor of almost ten.",
            ),
            Choice(
                "Nearly all: it needs about as many as Newton.",
                False,
                "Momentum is worth a factor $1/(1-\\mu)$ along flat directions, and that is 10.",
            ),
        ),
    ),
    Quiz(
        "u08-minibatch",
        "What will happen, compared with Newton on all 186 examples?",
        (
            Choice(
                "It converges, with some noise around the minimum.",
                False,
                "SGD does so: its steps are right on average. Whether Newton's are is tested "
                "below.",
            ),
            Choice(
                "It converges about nine times as slowly, since it sees a ninth of the data.",
                False,
                "That would be so if a step on a part of the data were a part of the right step.",
            ),
            Choice(
                "It stalls far above the minimum, and sooner or later a step throws it far away.",
                True,
                "Both the slope and the curvature come from 20 examples, and the step is their "
                "quotient.",
            ),
            Choice(
                "It is better than on all examples: the noise helps it past bad places.",
                False,
                "This loss is convex. There are no bad places to get past.",
            ),
        ),
    ),
)
