"""The instructor's side: builds the notebooks, bundles them for students, grades what comes back."""
