"""What is the answer on one screen: how many, why, where to look first?"""
def summary_lines(outcome, lang):
    return [f"{len(outcome.open)} differences, {len(outcome.expected)} expected"]
