"""Which workflow applies renews the version of the tree as well: so a process may keep what a reception follows."""

from django.db import migrations

RENEW = """
CREATE TRIGGER workflows_workflow_renews_tree AFTER INSERT OR DELETE OR UPDATE ON workflows_workflow
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
"""
REVERSE = "DROP TRIGGER workflows_workflow_renews_tree ON workflows_workflow;"


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_mark_steps_beside"), ("org", "0004_end_roles")]
    operations = [
        migrations.RunSQL(RENEW, REVERSE),
    ]
