"""What gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
try:
    application = get_wsgi_application()

    from connect.start_checks import check_limits  # once the settings are read

    check_limits()
except SystemExit:
    sys.exit(4)  # for gunicorn: the whole of it ends, which started such a worker without end
