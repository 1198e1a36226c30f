-- Run once by the postgres image, as its superuser, when its data folder is new.
-- chatkit_owner owns the database and migrates it; chatkit_app is what the server connects as and owns nothing.
-- What chatkit_app may do is granted by the migrations themselves.

\set ON_ERROR_STOP on
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_APP_PASSWORD

create role chatkit_owner login nosuperuser nocreatedb nocreaterole password :'owner_password';
create role chatkit_app login nosuperuser nocreatedb nocreaterole password :'app_password';
create database chatkit owner chatkit_owner;
revoke connect, temporary on database chatkit from public;
grant connect on database chatkit to chatkit_app;
