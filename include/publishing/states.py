"""The states a publication may move between, as one table."""

from __future__ import annotations

from include.releases.publication import State

_WAITS = frozenset({State.WAITING_QUOTA, State.WAITING_ACCOUNT})
_REFUSALS = frozenset({State.REJECTED, State.FAILED})

MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL, State.CANCELLED})
    | _WAITS | _REFUSALS,
    State.WAITING_APPROVAL: frozenset({State.PLANNED, State.CANCELLED}),
    State.SCHEDULED: frozenset({State.VALIDATED, State.CANCELLED}) | _WAITS | _REFUSALS,
    State.VALIDATED: frozenset({State.SCHEDULED, State.UPLOADING, State.UNCONFIRMED, State.CANCELLED})
    | _WAITS | _REFUSALS,
    # an upload that left nothing goes back to validated; one whose outcome is unknown stays until it is found
    State.UPLOADING: frozenset(
        {State.VALIDATED, State.PROCESSING, State.FINISHING, State.PUBLISHED, State.UNCONFIRMED}
    ) | _WAITS | _REFUSALS,
    State.PROCESSING: frozenset({State.FINISHING, State.PUBLISHED, State.UNCONFIRMED, State.VALIDATED})
    | _WAITS | _REFUSALS,
    State.FINISHING: frozenset({State.PROCESSING, State.PUBLISHED, State.UNCONFIRMED}) | _WAITS | _REFUSALS,
    State.WAITING_QUOTA: frozenset(  # `scheduled`: it was given another time meanwhile
        {State.SCHEDULED, State.VALIDATED, State.UPLOADING, State.PROCESSING, State.FINISHING, State.PUBLISHED,
         State.CANCELLED, State.UNCONFIRMED, State.WAITING_ACCOUNT}
    ) | _REFUSALS,
    State.WAITING_ACCOUNT: frozenset(
        {State.SCHEDULED, State.VALIDATED, State.UPLOADING, State.PROCESSING, State.FINISHING, State.PUBLISHED,
         State.CANCELLED, State.UNCONFIRMED, State.WAITING_QUOTA}
    ) | _REFUSALS,
    # only a look at the platform, or a person, ends this
    State.UNCONFIRMED: frozenset(
        {State.PROCESSING, State.FINISHING, State.PUBLISHED, State.REJECTED, State.FAILED, State.VALIDATED,
         State.CANCELLED}
    ),
    State.PUBLISHED: frozenset(),
    State.REJECTED: frozenset({State.PLANNED}),  # a person asked for another try
    State.FAILED: frozenset({State.PLANNED}),  # a person asked for another try
    State.CANCELLED: frozenset({State.PLANNED}),  # a person asked for another try
}  # fmt: skip


def may_move(before: State, after: State) -> bool:
    """Say whether a publication may go from `before` to `after`; staying where it is is always allowed."""
    return before == after or after in MOVES[before]


def states_before(after: State) -> list[str]:
    """Return the states from which `after` may be reached, `after` itself included, as the ledger's SQL wants them."""
    return [state.value for state in State if may_move(state, after)]
