"""Are the verdicts that runs of the hub have stored reached again today, each by its rule in the version of then?"""
from dataclasses import replace

from reconciliation.detect import watermarks_of
from reconciliation.hub_profiles import hub_profile
from reconciliation.profile_yaml import build_profile
from reconciliation.records import micro_of
from reconciliation.replay import replay

CHUNK = 200


def replayed(observation, profile=None):
    """The Replay of one Observation; `profile` is profile_of(its run) where many of one run are asked."""
    profile = profile or profile_of(observation.run)
    return replay(observation.basis.body if observation.basis else None, observation.causes, profile,
                  micro_of(observation.run.as_of), watermarks_of(profile))


def replayed_of(observations):
    """(observation, its Replay) of a queryset, run by run."""
    run_id, profile = None, None
    rows = observations.select_related("run__version", "run__profile", "basis", "difference")
    for one in rows.order_by("run_id", "pk").iterator(chunk_size=CHUNK):
        if one.run_id != run_id:
            run_id, profile = one.run_id, profile_of(one.run)
        yield one, replayed(one, profile)


def profile_of(run):
    """The Profile a run compared by: its version's, with the grace, the watermarks and the zones of that run."""
    if run.profile.of_files:
        return build_profile({"version": 1, **run.spec})
    counts, marks = run.counts or {}, run.watermarks or {}
    profile, graces = hub_profile(run.spec, {}, counts.get("zones")), counts.get("grace") or {}
    systems = {name: replace(system, grace_s=graces.get(name, system.grace_s),
                             watermark=marks.get(name, system.watermark) or "")
               for name, system in profile.systems.items()}
    return replace(profile, systems=systems)
