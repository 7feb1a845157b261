"""Triggers that refuse to change or delete rows, for both databases. Used by migrations."""

from typing import Any

from django.db import migrations

BOTH = ("UPDATE", "DELETE")


def arming(vendor: str, table: str, refuse: tuple[str, ...] = BOTH) -> list[str]:
    """The statements that make a table refuse these verbs."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in refuse
        ]
    if vendor == "postgresql":
        function = (
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        rows = (
            f"CREATE TRIGGER {table}_no_change BEFORE {' OR '.join(refuse)} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
        whole = (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        )
        return [function, rows, whole] if "DELETE" in refuse else [function, rows]
    raise NotImplementedError(f"No append-only triggers for {vendor}; use SQLite or PostgreSQL.")


def disarming(vendor: str, table: str, refuse: tuple[str, ...] = BOTH) -> list[str]:
    """The statements that undo `arming`; for taking a migration back."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in refuse]
    return [f"DROP FUNCTION {table}_append_only() CASCADE"]


def append_only(table: str, refuse: tuple[str, ...] = BOTH) -> migrations.RunPython:
    """A migration step: the table refuses these verbs from now on."""

    def arm(apps: Any, schema_editor: Any) -> None:
        for statement in arming(schema_editor.connection.vendor, table, refuse):
            schema_editor.execute(statement)

    def disarm(apps: Any, schema_editor: Any) -> None:
        for statement in disarming(schema_editor.connection.vendor, table, refuse):
            schema_editor.execute(statement)

    return migrations.RunPython(arm, disarm)
