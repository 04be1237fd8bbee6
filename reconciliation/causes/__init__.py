"""Why does each difference exist? The list of rules, and the one way to ask them all."""
def explain(profile, engine, detection, differences):
    return [], []
