"""What a month lacks before any planning: in words, for an empty plan and for one that leaves places out."""

from django.utils.translation import gettext as _

from mingbai.servicedays.solver.instance import Instance

MOST_NAMES = 8


def what_is_missing(instance: Instance) -> list[str]:
    """Sentences; empty when every place with needs can be reached by a least team on some day."""
    if not any(instance.wanted):
        return [_("这个月没有登记需求，不用安排服务日。")]
    found = [
        _("没有会“%(skill)s”的人有空，凑不齐最少的队伍，一个服务日也排不了。") % {"skill": skill}
        for skill in instance.min_team
        if not any(skill in person.skills and person.most_days for person in instance.people)
    ]
    if found:
        return found
    far = [
        place.name
        for t, place in enumerate(instance.places)
        if instance.wanted[t] and not _has_team(instance, t)
    ]
    if far:
        names = "、".join(far[:MOST_NAMES]) + ("……" if len(far) > MOST_NAMES else "")
        found.append(
            _("%(count)d 个地方凑不齐最少的队伍（太远，或者没有同一天有空的人）：%(names)s")
            % {"count": len(far), "names": names}
        )
    return found


def _has_team(instance: Instance, t: int) -> bool:
    """True when on some day enough different people of each skill of the least team can be there."""
    return any(_team_on(instance, t, day) for day in range(len(instance.days)) if instance.is_open(t, day))


def _team_on(instance: Instance, t: int, day: int) -> bool:
    there = [i for i in instance.near[t] if day in instance.free_days[i] and instance.people[i].most_days]
    if not instance.min_team:
        return bool(there)
    seats = [
        skill for skill, least in instance.min_team.items() for _seat in range(min(least, len(there) + 1))
    ]
    taken: dict[int, int] = {}
    return all(_seat(instance, seats, there, k, set(), taken) for k in range(len(seats)))


def _seat(
    instance: Instance, seats: list[str], there: list[int], k: int, seen: set[int], taken: dict[int, int]
) -> bool:
    """Somebody for seat `k`, moving those already seated where need be (augmenting path of a matching)."""
    for i in there:
        if i in seen or seats[k] not in instance.people[i].skills:
            continue
        seen.add(i)
        if i not in taken or _seat(instance, seats, there, taken[i], seen, taken):
            taken[i] = k
            return True
    return False
