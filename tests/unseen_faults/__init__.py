"""A fault set by another hand: files of an invented manufacturer, what is wrong in them, and a score of the answers.

Written from docs/profile.md, docs/findings.md and the taxonomy of the research only, without sight of the rules.
`python -m tests.unseen_faults.generate DIR` writes the files, `python -m tests.unseen_faults.score` judges a run.
"""
