"""The instructor's side: builds notebooks, bundles them for students, grades what comes back."""
