"""Two systems laid side by side: whether they may be, trial by trial, in score and in cost, and in plain words.

`paired` is what every comparison rests on, those inside a run's report too; the rest is for systems of any runs.
"""
