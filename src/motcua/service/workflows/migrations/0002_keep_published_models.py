"""What was published stays as it was: the database refuses another model or other steps for it."""

from django.db import migrations

KEEP = """
CREATE FUNCTION workflows_keep_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('PUBLISHED', 'RETIRED') AND (
        TG_OP = 'DELETE' OR NEW.bpmn <> OLD.bpmn OR NEW.version <> OLD.version OR NEW.valid_from <> OLD.valid_from
        OR NEW.state NOT IN ('PUBLISHED', 'RETIRED')
    ) THEN
        RAISE EXCEPTION 'A published workflow never changes: publish its next version.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION workflows_keep_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM workflows_workflow WHERE id = OLD.workflow_id AND state IN ('PUBLISHED', 'RETIRED')
    ) THEN
        RAISE EXCEPTION 'The steps of a published workflow never change: publish its next version.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER workflows_model_is_kept BEFORE UPDATE OR DELETE ON workflows_workflow
    FOR EACH ROW EXECUTE FUNCTION workflows_keep_model();
CREATE TRIGGER workflows_steps_are_kept BEFORE UPDATE OR DELETE ON workflows_workflowstep
    FOR EACH ROW EXECUTE FUNCTION workflows_keep_steps();
"""
LET_GO = """
DROP TRIGGER workflows_model_is_kept ON workflows_workflow;
DROP TRIGGER workflows_steps_are_kept ON workflows_workflowstep;
DROP FUNCTION workflows_keep_model();
DROP FUNCTION workflows_keep_steps();
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
