"""`c.LTITool` in nbgrader_config.py: as which tool of LTI 1.3 a platform knows the course's hub."""

from urllib.parse import urlsplit

from traitlets import Unicode
from traitlets.config import Configurable

from nbjudge.course import RubricError

_HERE = ("localhost", "127.0.0.1", "::1")
_NEEDED = ("issuer", "client_id", "token_url", "key_file", "launches")


class LTITool(Configurable):
    """What a platform gave when the tool was registered there, and where our own parts lie."""

    issuer = Unicode("", help="The platform's own name, the hub's LTI13Authenticator.issuer.").tag(
        config=True
    )
    client_id = Unicode("", help="The id that the platform gave to the tool.").tag(config=True)
    token_url = Unicode("", help="Where the platform gives access tokens.").tag(config=True)
    audience = Unicode(
        "", help="For whom requests of a token are signed; '' where that is token_url."
    ).tag(config=True)
    scores_host = Unicode(
        "", help="The host, with a port where it has one, that takes scores; '': token_url's."
    ).tag(config=True)
    key_file = Unicode("", help="The private key, made by 'nbjudge lti-key'.").tag(config=True)
    launches = Unicode("", help="The folder in which the hub keeps launches.").tag(config=True)

    def check(self) -> None:
        """Raise `RubricError` where a setting is missing, or an address is not safe."""
        missing = [name for name in _NEEDED if not getattr(self, name)]
        if missing:
            raise RubricError(
                f"nbgrader_config.py does not set {', '.join(f'c.LTITool.{n}' for n in missing)}. "
                "docs/lms.md says what they mean."
            )
        if why := unsafe(self.token_url):
            raise RubricError(f"c.LTITool.token_url is '{self.token_url}', and {why}.")

    @property
    def host(self) -> str:
        """The one host that a score, and so an access token, is ever sent to."""
        return (self.scores_host or urlsplit(self.token_url).netloc).casefold()


def unsafe(address: str) -> str:
    """Return why no token is sent to an address, a clause; an empty text where nothing is wrong."""
    # Programs differ in what they make of a blank, a backslash or a letter beyond ASCII.
    if not address.isascii() or not address.isprintable() or set(address) & set(' \\"<>'):
        return "it holds characters that no address has"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "it is no address"
    if parts.username is not None or parts.fragment or not host:
        return "it is not the address of a service"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        return "it does not begin with https://"
    return ""
