"""The `desk` command: every command is a file of this folder, registered by one line here.

A file's imports at the top are what its options need; everything heavy is imported inside the function, so that
`./desk --help` answers at once. What goes wrong is raised, and said in one place: `include/cli/errors.py`.
"""

from __future__ import annotations

import typer

from include.cli import (
    accounts,
    activity,
    analytics,
    batch,
    bench,
    comments,
    components,
    demo,
    dictionary,
    down,
    importing,
    lint,
    lock,
    migrate,
    notices,
    publications,
    publish,
    queue,
    status,
    test,
    up,
    validate,
    webhooks,
)

app = typer.Typer(
    name="desk",
    help="Publishes each finished video once and only once, and brings back what happened.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ALONE = ("up", "down", "status", "demo", "test", "bench", "lint", "lock", "dictionary")
"""Commands that choose their installation themselves; all others work in the one that was started last."""


@app.callback()
def _enter(context: typer.Context) -> None:
    """Let a command see the installation's databases, keys and addresses, and leave no dump of its memory."""
    components.no_core_dumps()
    if context.invoked_subcommand not in ALONE:
        from include.cli import launcher

        launcher.enter()


app.command("demo")(demo.command)
app.command()(up.up)
app.command()(down.down)
app.command()(status.status)
app.command("publish")(publish.command)
app.command("batch")(batch.command)
app.command("validate")(validate.command)
app.command("import")(importing.command)
app.command()(migrate.migrate)
app.command(context_settings=test.PASS_ON)(test.test)
app.command()(bench.bench)
app.command()(lint.lint)
app.command()(lock.lock)
app.command()(dictionary.dictionary)
app.add_typer(accounts.app, name="accounts")
app.add_typer(publications.app, name="publications")
app.add_typer(queue.app, name="queue")
app.add_typer(notices.app, name="notices")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(activity.app, name="activity")
app.add_typer(analytics.app, name="analytics")
app.add_typer(comments.app, name="comments")
