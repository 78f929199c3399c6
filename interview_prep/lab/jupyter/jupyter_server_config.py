"""What the printed URL depends on. Jupyter reads this file last, so that no other file of settings has its own way.

The rest are options that launch.py passes. The token is not one, because every user of the machine can see those.
"""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter provides it
c.IdentityProvider.token = os.environ["JUPYTER_TOKEN"]
c.ServerApp.identity_provider_class = "jupyter_server.auth.identity.PasswordIdentityProvider"  # Jupyter's default
c.ServerApp.base_url = "/"
c.ServerApp.certfile = c.ServerApp.keyfile = c.ServerApp.sock = ""
c.ServerApp.tornado_settings = {"headers": {"X-Prep-Checkout": os.environ["PREP_CHECKOUT"]}}  # known by the doctor
