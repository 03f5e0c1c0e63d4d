"""How a check works, in the order of the work: cards, student, probes, compare, explain, verdict.

``cards``    what is asked: inputs, expected observations, fingerprints of mistakes (JSON)
``student``  calling somebody else's function safely: copies, time limit, captured output
``probes``   named procedures that call the function and report what they observed
``compare``  are two observations equal, and if not, where not
``explain``  what the relation between a wrong array and the right one says about the cause
``wording``  the sentence on an answer that no catalogued mistake explains
``verdict``  the answer, as a number for nbgrader, as HTML for the notebook, as text elsewhere

Students use ``course_lib.check``; nothing here imports matplotlib, IPython or an answer.
"""
