"""What is offered where renews the version of the tree as well: so a process may keep an offering with its agencies and unit."""

from django.db import migrations

RENEW = """
CREATE TRIGGER procedures_offering_renews_tree AFTER INSERT OR DELETE OR UPDATE ON procedures_offering
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER procedures_procedure_renews_tree AFTER DELETE OR UPDATE ON procedures_procedure
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER procedures_revision_renews_tree AFTER INSERT OR DELETE OR UPDATE ON procedures_revision
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER org_unit_renews_tree AFTER UPDATE ON org_onestopunit
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
CREATE TRIGGER org_agency_words_renew_tree AFTER UPDATE ON org_agency
    FOR EACH STATEMENT EXECUTE FUNCTION org_renew_tree();
"""
REVERSE = """
DROP TRIGGER org_unit_renews_tree ON org_onestopunit;
DROP TRIGGER org_agency_words_renew_tree ON org_agency;
DROP TRIGGER procedures_revision_renews_tree ON procedures_revision;
DROP TRIGGER procedures_procedure_renews_tree ON procedures_procedure;
DROP TRIGGER procedures_offering_renews_tree ON procedures_offering;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0007_add_finding"), ("org", "0004_end_roles")]
    operations = [
        migrations.RunSQL(RENEW, REVERSE),
    ]
