"""The hub for a real class: the demo's, with TLS, host names, and log-in by OAuth or by an LMS.

Reads its settings from the environment; docs/jupyterhub.md lists them. Accounts are made at the
first start of a student's server, from the name that the log-in gives.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub defines it)
load_subconfig("jupyterhub_config.py", path=str(Path(__file__).resolve().parent))  # noqa: F821

from accounts import AccountError, make_student  # noqa: E402  (the line above makes it findable)
from layout import INSTRUCTORS, LAUNCHES, results_page  # noqa: E402

from nbjudge.platforms.launches import keep_launches  # noqa: E402


def setting(name):
    """Return a setting, or stop and say which is missing."""
    try:
        return os.environ[name]
    except KeyError:
        raise SystemExit(f"Set {name}; docs/jupyterhub.md says what it means.") from None


def readable(name):
    """Return the path of a certificate or key, or stop."""
    path = Path(setting(name))
    if not path.is_file():
        raise SystemExit(f"{name} names {path}, which is not there.")
    return str(path)


def account_first(spawner):
    """Make the student's account before the student's server starts."""
    try:
        make_student(spawner.user.name)
    except AccountError as error:
        spawner.log.error("%s", error)
        raise


HOST = setting("NBJUDGE_HOST")
c.JupyterHub.bind_url = "https://:443"
c.JupyterHub.subdomain_host = f"https://{HOST}"
ADDRESS = results_page(c.JupyterHub.subdomain_host)
c.JupyterHub.template_vars = {"results_page": ADDRESS}
for told in (c.Spawner.environment, *(one["environment"] for one in c.JupyterHub.services)):
    told["NBJUDGE_RESULTS"] = ADDRESS
c.JupyterHub.ssl_cert = readable("NBJUDGE_TLS_CERTIFICATE")
c.JupyterHub.ssl_key = readable("NBJUDGE_TLS_KEY")

GRADERS = setting("NBJUDGE_INSTRUCTORS").split()
c.JupyterHub.load_groups = {INSTRUCTORS: {"users": GRADERS}}
c.Spawner.pre_spawn_hook = account_first

LOGIN = setting("NBJUDGE_LOGIN")
if LOGIN == "oauth":
    c.JupyterHub.authenticator_class = "generic-oauth"
    c.GenericOAuthenticator.client_id = setting("OAUTH_CLIENT_ID")
    c.GenericOAuthenticator.client_secret = setting("OAUTH_CLIENT_SECRET")
    c.GenericOAuthenticator.authorize_url = setting("OAUTH2_AUTHORIZE_URL")
    c.GenericOAuthenticator.token_url = setting("OAUTH2_TOKEN_URL")
    c.GenericOAuthenticator.userdata_url = setting("OAUTH2_USERDATA_URL")
    c.GenericOAuthenticator.oauth_callback_url = f"https://{HOST}/hub/oauth_callback"
    c.GenericOAuthenticator.scope = ["openid", "profile"]
    c.GenericOAuthenticator.username_claim = os.environ.get(
        "NBJUDGE_NAME_CLAIM", "preferred_username"
    )
elif LOGIN == "lti":
    c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
    c.LTI13Authenticator.issuer = setting("LTI13_ISSUER")
    c.LTI13Authenticator.authorize_url = setting("LTI13_AUTHORIZE_URL")
    c.LTI13Authenticator.jwks_endpoint = setting("LTI13_JWKS_ENDPOINT")
    c.LTI13Authenticator.client_id = {setting("LTI13_CLIENT_ID")}
    c.LTI13Authenticator.username_key = os.environ.get("NBJUDGE_NAME_CLAIM", "custom_username")
    c.LTI13Authenticator.uri_scheme = "https"
    # For nbjudge export --lti: of each log-in, where the student's score goes.
    c.Authenticator.post_auth_hook = keep_launches(LAUNCHES)
else:
    raise SystemExit(f"NBJUDGE_LOGIN is {LOGIN!r}; it can be 'oauth' or 'lti'.")
# Everybody may log in whom the university or the LMS lets through, unless a list of names is set.
c.Authenticator.allow_all = "NBJUDGE_STUDENTS" not in os.environ
if not c.Authenticator.allow_all:
    c.Authenticator.allowed_users = {*GRADERS, *os.environ["NBJUDGE_STUDENTS"].split()}
