"""What the application's role may do, granted again after every migration."""

GRANTS = """\
do $$
begin
    if exists (select from pg_roles where rolname = 'chatkit_app')
        and to_regclass('chatkit.alembic_version') is not null
        and exists (
            select from pg_namespace
            where nspname = 'chatkit' and pg_has_role(current_user, nspowner, 'usage')
        )
    then
        grant usage on schema chatkit to chatkit_app;
        grant select, insert, update, delete on all tables in schema chatkit to chatkit_app;
        revoke insert, update, delete on chatkit.alembic_version from chatkit_app;
    end if;
end
$$"""
"""Does nothing where there is no role `chatkit_app`: then one role owns and uses everything."""
