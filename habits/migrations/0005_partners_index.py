# The index of 0004, apart from it: it is made beside the writes of the service, which takes no transaction.

from django.db import migrations, models

from config.postgresql.operations import AddIndexBesideWrites


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('habits', '0004_partners'),
    ]

    operations = [
        AddIndexBesideWrites(
            model_name='habitlog',
            index=models.Index(condition=models.Q(('logged_by__isnull', False)), fields=['logged_by'], name='log_of_partner'),
        ),
    ]
