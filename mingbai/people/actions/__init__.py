"""Everything that changes people: register, roster, users, grants, sign-in, partners."""

from mingbai.people.actions.grants import grant, revoke
from mingbai.people.actions.imports import note_taken_out
from mingbai.people.actions.partners import (
    deactivate_partner,
    issue_key,
    make_partner,
    revoke_key,
)
from mingbai.people.actions.roster import (
    add_absence,
    add_duty,
    cancel_absence,
    end_absence,
    remove_duty,
)
from mingbai.people.actions.signin import (
    forget_form,
    forget_old_forms,
    keep_form,
    note_factor,
    note_failure,
    note_lock,
    note_sign_in,
    note_sign_out,
    release,
    spend_code,
    take_try,
)
from mingbai.people.actions.slips import make_slip, make_slips, use_slip
from mingbai.people.actions.users import (
    activate_user,
    change_own_password,
    clear_pin,
    deactivate_user,
    edit_user,
    link_worker,
    make_user,
    reset_password,
    reset_second_factor,
    set_pin,
)
from mingbai.people.actions.workers import (
    activate_worker,
    deactivate_worker,
    edit_worker,
    move_worker,
    register_worker,
)

__all__ = [
    "activate_user",
    "activate_worker",
    "add_absence",
    "add_duty",
    "cancel_absence",
    "change_own_password",
    "clear_pin",
    "deactivate_partner",
    "deactivate_user",
    "deactivate_worker",
    "edit_user",
    "edit_worker",
    "end_absence",
    "forget_form",
    "grant",
    "issue_key",
    "forget_old_forms",
    "keep_form",
    "link_worker",
    "make_partner",
    "make_slip",
    "make_slips",
    "make_user",
    "move_worker",
    "note_factor",
    "note_failure",
    "note_lock",
    "note_sign_in",
    "note_sign_out",
    "note_taken_out",
    "register_worker",
    "release",
    "remove_duty",
    "reset_password",
    "reset_second_factor",
    "revoke",
    "revoke_key",
    "set_pin",
    "spend_code",
    "take_try",
    "use_slip",
]
