"""Until when are words that leave the hub held, because their reader is not at work?"""
from django.contrib.auth import get_user_model

from exceptions.routing import calendar_id_of
from sla.calendars import work_times


def quiet_until(people, at):
    """{person id: when their working hours begin} of those who are not at work at `at`.

    The hours of their department, else of their plant, else of their company, as for giving tickets out. Who keeps none
    is told at any time, and where nobody has said yet which days are worked, too.
    """
    found = get_user_model().objects.filter(pk__in=[person.pk for person in people])
    calendars = {
        person.pk: _calendar_id(person)
        for person in found.select_related("plant__company", "department__company")
    }
    works = work_times(calendars.values())
    begins = {pk: works[calendar_id].opens_at(at) for pk, calendar_id in calendars.items()}
    return {pk: then for pk, then in begins.items() if then > at}


def _calendar_id(person):
    if person.department:
        return calendar_id_of(person)
    plant = person.plant
    return plant and (plant.calendar_id or plant.company.calendar_id)
