"""The addresses that the browser's part asks, and the events that it hears."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions import assignment_list
from tornado import web

from nbjudge.lab.desk import Desk

SAID = "https://nbjudge.org/said/v1"
_SCHEMA = {
    "$id": SAID,
    "version": "1",
    "title": "A sentence for the student",
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "kind": {"enum": ["info", "error"]},
        "submitted": {"type": "string"},  # the assignment, where one was submitted; else empty
    },
    "required": ["message", "kind", "submitted"],
}


class Validate(APIHandler):
    """Runs the visible tests of a notebook, and says what they say."""

    @web.authenticated
    async def post(self) -> None:
        """Answer with the lines to show."""
        root = Path(self.settings["nbjudge_root"]).resolve()
        file = (root / (self.get_json_body() or {}).get("path", "")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise web.HTTPError(404, "There is no such notebook.")
        self.finish({"lines": await validated(file)})


async def validated(file: Path) -> list[dict[str, Any]]:
    """Return the lines of `validation` on a notebook, or one that says why there are none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "nbjudge.lab.validation", str(file)),
        cwd=file.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    if process.returncode:
        why = errors.decode("utf-8", "replace").strip()
        text = "The visible tests could not be run, so nothing is known of them."
        return [{"text": text, "detail": why.splitlines()[-1] if why else ""}]
    lines: list[dict[str, Any]] = json.loads(printed.splitlines()[-1])
    return lines


def load(server: Any) -> None:
    """Add our addresses to a JupyterLab, and let its Assignment List answer."""
    assignment_list.load_jupyter_server_extension(server)
    server.event_logger.register_event_schema(_SCHEMA)

    def say(message: str, kind: str, submitted: str) -> None:
        data = {"message": message, "kind": kind, "submitted": submitted}
        server.event_logger.emit(schema_id=SAID, data=data)

    desk = Desk(parent=server)
    desk.root_dir, desk.say = server.root_dir, say
    settings = server.web_app.settings
    settings["assignment_list_manager"], settings["nbjudge_root"] = desk, server.root_dir
    address = url_path_join(settings["base_url"], "nbjudge/validate")
    server.web_app.add_handlers(".*$", [(address, Validate)])
