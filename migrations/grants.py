"""What the application's role may do, granted before the first migration of a run and after the last.

Before as well, and for tables to come: a run that is killed half-way must not leave a schema that the
application cannot even look into.
"""

GRANTS = """\
do $$
begin
    if exists (select from pg_roles where rolname = 'chatkit_app')
        and exists (
            select from pg_namespace
            where nspname = 'chatkit' and pg_has_role(current_user, nspowner, 'usage')
        )
    then
        grant usage on schema chatkit to chatkit_app;
        grant select, insert, update, delete on all tables in schema chatkit to chatkit_app;
        alter default privileges in schema chatkit
            grant select, insert, update, delete on tables to chatkit_app;
        if to_regclass('chatkit.alembic_version') is not null then
            revoke insert, update, delete on chatkit.alembic_version from chatkit_app;
        end if;
        if to_regclass('chatkit.audit_log') is not null then
            revoke update, delete on chatkit.audit_log from chatkit_app;
        end if;
    end if;
end
$$"""
"""Does nothing where there is no role `chatkit_app`: then one role owns and uses everything."""
