import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
application = get_wsgi_application()

# What was loaded stays: the collector need not look at it again, and looks at the rest less often.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
