-- Three databases, each with a role of its own that can enter no other. Run once, by the superuser, when PostgreSQL
-- starts on an empty volume; the passwords come from the environment.

\set ON_ERROR_STOP on
\getenv mlflow MLFLOW_DB_PASSWORD
\getenv mlflow_auth MLFLOW_AUTH_DB_PASSWORD
\getenv escalade ESCALADE_DB_PASSWORD

CREATE ROLE mlflow LOGIN PASSWORD :'mlflow';
CREATE ROLE mlflow_auth LOGIN PASSWORD :'mlflow_auth';
CREATE ROLE escalade LOGIN PASSWORD :'escalade';

CREATE DATABASE mlflow OWNER mlflow;
CREATE DATABASE mlflow_auth OWNER mlflow_auth;
CREATE DATABASE escalade OWNER escalade;

REVOKE ALL ON DATABASE mlflow, mlflow_auth, escalade, postgres, template1 FROM PUBLIC;
