"""The table of verbs: everything that a page of the desk can do with a matter."""

from mingbai.web.desk.verbs import (
    after,
    aid,
    aid_work,
    hand,
    mediation,
    mediation_after,
    mediation_agree,
    mediation_online,
    mediation_parties,
    mediation_talk,
    papers,
    people,
    rights,
    risks,
    time,
    triage,
    work,
)
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm

VERBS: dict[str, Verb] = {
    verb.code: verb
    for table in (
        hand.VERBS,
        work.VERBS,
        triage.VERBS,
        time.VERBS,
        after.VERBS,
        papers.VERBS,
        people.VERBS,
        rights.VERBS,
        risks.VERBS,
        aid.VERBS,
        aid_work.VERBS,
        mediation.VERBS,
        mediation_parties.VERBS,
        mediation_online.VERBS,
        mediation_talk.VERBS,
        mediation_agree.VERBS,
        mediation_after.VERBS,
    )
    for verb in table
}
"""By code, in the order in which menus show them."""

__all__ = ["VERBS", "Doing", "Verb", "VerbForm"]
