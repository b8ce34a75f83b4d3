"""ArenaApp: the Jupyter server extension: its settings, its start and its stop."""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp, aliases
from jupyter_server.utils import url_path_join
from tornado.ioloop import PeriodicCallback
from traitlets import Any as Any_
from traitlets import Bool, Dict, Enum, Float, Int, TraitError, Unicode, Union, default

from arena_ext.crdt.engine_pool import EnginePool
from arena_ext.limits.quotas import Quotas
from arena_ext.protocol.errors import ArenaError
from arena_ext.protocol.limits import Limits
from arena_ext.rooms.admission import Admission
from arena_ext.rooms.registry import Rooms
from arena_ext.standalone import StandAloneServer, use_uvloop
from arena_ext.storage.log import DatabaseUnusable
from arena_ext.storage.memory import MemoryLog
from arena_ext.storage.rows import LogError
from arena_ext.storage.sqlite import SqliteLog
from arena_ext.web import metrics, pages
from arena_ext.web.readiness import Readiness
from arena_ext.web.routes import ASSETS, ROUTES
from arena_ext.web.services import SERVICES, Services
from arena_ext.web.sockets import Sockets
from arena_ext.web.unavailable import PATTERN, NotStarted, UnavailableHandler

from . import cli, environment
from ._version import __version__
from .messages import printable, route_to

_log = logging.getLogger(__name__)

#: Seconds between two checks for empty rooms, deleted sessions and interviews in progress.
_HOUSEKEEPING = 2.0
#: Seconds between two deletions of sessions that ended long ago.
_RETENTION = 3600.0


class ArenaApp(ExtensionApp):
    """Coding-interview rooms."""

    name = "arena_ext"
    app_name = "Arena"
    version = __version__
    description = (
        "Arena, coding-interview rooms, as a server of its own: a lobby, rooms and pages for "
        "guests, without kernels, files or terminals.\n\n"
        "`jupyter arena sessions --help` says how to list, check, export, import and delete what "
        "was recorded. docs/deployment.md has servers, proxies and containers."
    )
    examples = (
        "jupyter arena                              # on this machine, port 8888\n"
        "ARENA_PASSWORD=… jupyter arena --ip=0.0.0.0 --certfile=c.pem --keyfile=k.pem\n"
        "jupyter arena --behind-proxy --base-url=/interviews/ --no-browser\n"
        "jupyter arena --database=/srv/interviews.sqlite\n"
        "jupyter arena sessions list"
    )
    # Those of Jupyter's server that matter here, for `--help`; the server takes all of its own.
    aliases = {  # noqa: RUF012
        **{each: aliases[each] for each in ("log-level", "config", "ip", "port")},
        **{each: aliases[each] for each in ("certfile", "keyfile")},
        "base-url": "ServerApp.base_url",
        "database": "ArenaApp.database",
    }
    flags = {  # noqa: RUF012
        each: StandAloneServer.flags[each]
        for each in (
            *("no-browser", "behind-proxy", "open-access", "json-logs", "debug", "allow-root"),
        )
    }
    extension_url = "/arena/"
    default_url = Unicode("/arena/").tag(config=True)
    load_other_extensions = False
    serverapp_class = StandAloneServer

    open_access = Bool(
        False,
        config=True,
        help=(
            "Public demo: anyone may create a session, and the session's id lets its holder join "
            "as a candidate, with no invite and no login."
        ),
    )

    storage = Enum(
        ["sqlite", "memory"],
        "sqlite",
        config=True,
        help="Where interviews are kept: in a database file, or in memory until the server stops.",
    )
    database = Unicode(
        config=True,
        help="The database file; `arena/sessions.sqlite` in Jupyter's data directory by default.",
    )
    retention_days = Float(
        0,
        min=0,
        config=True,
        help="Delete sessions that ended more than so many days ago, recordings too; 0: never.",
    )
    pyodide_packages_url = Unicode(
        config=True,
        help=(
            "Where Python's packages come from: a directory with wheels and a pyodide-lock.json, "
            "such as a mirror of a Pyodide release. By default what is in `runtime/packages/` of "
            "the installation, and nothing else."
        ),
    )
    limits = Dict(
        # `Limits.of` checks the values and says why one is wrong. A check by the trait itself would
        # make Jupyter drop all settings of Arena and start all the same.
        value_trait=Union([Int(), Float(), Any_()]),
        key_trait=Unicode(),
        config=True,
        help=(
            "Limits and time-outs of the server, by name; the others keep their defaults. "
            "docs/limits.md has all of them."
        ),
    )

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        #: What `stop_extension` closes, last first; more than nothing also after a failed start.
        self._opened = AsyncExitStack()
        #: The error that kept Arena from starting.
        self._failure: ArenaError | None = None

    def emit_examples(self) -> Generator[str, None, None]:
        """The environment before the examples, in `--help`."""
        yield from ("Environment", "-----------", "", indent(environment.described(), "    "), "")
        yield from super().emit_examples()

    @default("database")
    def _database_default(self) -> str:
        return str(Path(self.data_dir) / "arena" / "sessions.sqlite")

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        # After an error here Jupyter would go on with the defaults in place of all settings.
        with self._beside_others(serverapp):
            super()._link_jupyter_server_extension(serverapp)

    def initialize_settings(self) -> None:
        """Create the services."""
        alone = isinstance(self.serverapp, StandAloneServer)
        log = self.serverapp.log if alone and self.serverapp else self.log
        self._opened.callback(route_to(getattr(log, "logger", log).handle))
        if self._failure is None:
            with self._beside_others(self.serverapp):
                self._create_services()

    @contextmanager
    def _beside_others(self, server: ServerApp | None) -> Iterator[None]:
        """A step of the start. Where it fails, the stand-alone server ends with the error.

        Any other server has more to serve than Arena: it runs, the log has the reason, and Arena's
        addresses answer it.
        """
        try:
            yield
        except Exception as error:
            if isinstance(server, StandAloneServer):
                raise
            self._failure = (
                error
                if isinstance(error, DatabaseUnusable)
                else NotStarted(f"Arena could not start: {error}")
            )
            known = isinstance(error, (DatabaseUnusable, TraitError))
            self.log.error(printable(str(self._failure)), exc_info=None if known else error)

    def _create_services(self) -> None:
        """Raises TraitError for wrong limits, or `DatabaseUnusable`."""
        try:
            limits = Limits.of(self.limits)
        except ValueError as error:
            raise TraitError(f"ArenaApp.limits: {error}") from None
        base_url = self.settings["base_url"]
        log = self._open_log()
        self._opened.push_async_callback(log.close)
        self.engine_pool = EnginePool()
        self._opened.callback(self.engine_pool.close)
        self.rooms = Rooms(
            log,
            lambda session: url_path_join(base_url, "arena/join", session),
            self.engine_pool,
            limits,
        )
        self.sockets = Sockets()
        self._opened.push_async_callback(self.sockets.close)
        self._opened.push_async_callback(self.rooms.close)
        if isinstance(log, SqliteLog):
            log.on_health = self.rooms.storing
            log.remove_unfinished()
        self.services = Services(
            self.rooms,
            Admission(self.rooms, open_access=self.open_access),
            Quotas(limits, by_address=not (self.serverapp and self.serverapp.trust_xheaders)),
            limits,
            self.sockets,
            Readiness(log, self.engine_pool),
            self.pyodide_packages_url,
        )
        self.settings[SERVICES] = self.services
        self._opened.callback(metrics.publish(self.services))
        page_config = self.settings.setdefault("page_config_data", {})
        page_config["arenaVersion"] = __version__
        page_config["arenaPackagesUrl"] = self.pyodide_packages_url
        self._housekeeping = PeriodicCallback(self._housekeep, _HOUSEKEEPING * 1000)
        self._retention = PeriodicCallback(self._delete_old, _RETENTION * 1000)
        for repeated in (self._housekeeping, self._retention):
            self._opened.callback(repeated.stop)

    def _open_log(self) -> MemoryLog | SqliteLog:
        if self.storage == "memory":
            return MemoryLog()
        return SqliteLog(Path(self.database), exclusive=True)

    def initialize_handlers(self) -> None:
        """Register the handlers of `ROUTES` and `ASSETS`."""
        roots = (pages.STATIC, pages.runtime_path())
        for pattern, root in zip(ASSETS, roots, strict=True):
            self.handlers.append((f"/{pattern}", pages.AssetHandler, {"path": str(root)}))
        if self._failure is None:
            self.handlers.extend((f"/{pattern}", handler) for pattern, handler in ROUTES)
        else:
            self.handlers.append((f"/{PATTERN}", UnavailableHandler, {"error": self._failure}))

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if SERVICES not in self.settings:
            return  # not started
        if isinstance(self.rooms.log, SqliteLog):
            self.rooms.log.held_at(serverapp.connection_url)
        if self.open_access:
            _log.warning("%s", self._open_access_limits())
        # Excludes the objects that exist now from garbage collection: each full collection would
        # traverse all of them and stop the event loop for a tenth of a second. Later collections
        # become rarer.
        gc.collect()
        gc.freeze()
        gc.set_threshold(5000, 20, 100)
        # Switch interval of threads, seconds: with Python's 5 ms the storage thread delays the
        # event loop noticeably.
        sys.setswitchinterval(0.0005)
        self._housekeeping.start()
        if self.retention_days:
            self._retention.start()
            await self._delete_old()

    def _open_access_limits(self) -> str:
        limits = self.services.limits
        counted = (
            f"An address may create {limits.sessions_per_creator} sessions, and join "
            f"{limits.joins_per_minute} times a minute."
            if self.services.quotas.by_address
            else "Behind a proxy nothing is limited by address: let the proxy limit requests."
        )
        return (
            "Open access: anyone who reaches this server may create sessions, and a session's id "
            f"lets its holder join as a candidate. {counted} Not for real interviews."
        )

    async def stop_extension(self) -> None:
        """Close the rooms; their clients reconnect to the next server.

        Raises nothing: after an exception Jupyter would go on running, without Arena.
        """
        try:
            await self._opened.aclose()
        except Exception:  # noqa: BLE001 - of any kind
            _log.exception("Arena did not stop as it should")

    async def _housekeep(self) -> None:
        if self.rooms.occupied():
            # Jupyter does not count requests of guests: a culler must not stop an interview.
            self.settings["last_activity_times"]["arena"] = _utcnow()
        self.rooms.evict()
        await self.rooms.close_deleted()

    async def _delete_old(self) -> None:
        before = time.time() - self.retention_days * 86400
        try:
            deleted = await self.rooms.delete_ended_before(int(before * 1000))
        except LogError as error:
            _log.error("Sessions that ended long ago could not be looked for: %s", error)
            return
        if deleted:
            _log.info("Deleted %d sessions that ended long ago.", deleted)


def _utcnow() -> Any:
    from jupyter_server._tz import utcnow  # the type that Jupyter's own activity times have

    return utcnow()


def main(arguments: list[str] | None = None) -> None:
    """Run `jupyter arena`, the stand-alone server, or `jupyter arena sessions`, its recordings."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["sessions"]:
        settings = ArenaApp()
        # The configuration files of any server; Arena's own is read first.
        for name in (settings.config_file_name, "jupyter_server_config"):
            settings.config_file_name = name
            settings.load_config_file()
        sys.exit(cli.main(arguments[1:], Path(settings.database)))
    use_uvloop()
    try:
        ArenaApp.launch_instance(arguments)  # type: ignore[no-untyped-call]
    except DatabaseUnusable as error:
        _log.critical("%s", error)
        sys.exit(1)
    except TraitError as error:
        sys.exit(f"jupyter arena: {printable(str(error))}")
