"""What is computed from the models and the evidence: fits, steady states, statistics, trials.

One file a question.
"""
